package io.w7s.sdk.internal.json;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.WireInstant;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of an envelope in place. The reader stands in front of one value at a time, and
 * each value is read, skipped or handed out as a slice of the bytes before the next one.
 *
 * <p>Envelopes are small, and the bodies in them are decoded by a codec afterwards. So the reader
 * looks at a body once, for its quotes and brackets only, to find its end. Whether a skipped value
 * or a slice is JSON inside is for the codec to say. Everything else is checked as it is read.
 *
 * <p>Used by one thread.
 */
public final class JsonReader {

  /** Objects and arrays inside each other that readers of envelopes enter, at most. */
  private static final int MAX_LEVELS = 8;

  /** Reads eight bytes at once. */
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH_BYTE = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long QUOTES = EACH_BYTE * '"';
  private static final long BACKSLASHES = EACH_BYTE * '\\';
  private static final long SPACES = EACH_BYTE * ' ';

  private final byte[] bytes;
  private final int start;
  private final int end;

  /** What is being read, as messages name it. */
  private String shape;

  /** The level at which the paths in messages begin. */
  private int root;

  /** The next byte. */
  private int at;

  /** The innermost object or array that was entered; -1 outside of all. */
  private int level = -1;

  /** For each level the field whose value is being read; null in an array, and before the first. */
  private final @Nullable String[] fields = new @Nullable String[MAX_LEVELS];

  /**
   * For each level the index of the element, or that of the field among the expected ones; -1
   * before the first.
   */
  private final int[] indexes = new int[MAX_LEVELS];

  /** The messages of a batch often have the same time. */
  private @Nullable JsonSlice lastInstantJson;

  private @Nullable Instant lastInstant;

  static long word(byte[] bytes, int at) {
    return (long) WORD.get(bytes, at);
  }

  private JsonReader(JsonSlice source, String shape) {
    this.bytes = source.array();
    this.start = source.offset();
    this.at = start;
    this.end = source.offset() + source.length();
    this.shape = shape;
  }

  /**
   * Reads one JSON value, with or without a byte order mark in front.
   *
   * @param shape what the value is, as messages name it
   * @param read is handed the reader in front of the value, and leaves it behind the value
   * @throws CodecException when there is no value, more than one, one that is not JSON, or one that
   *     {@code read} refuses
   */
  public static <T> T read(JsonSlice source, String shape, Function<JsonReader, T> read) {
    var reader = new JsonReader(source, shape);
    reader.skipByteOrderMark();
    if (!reader.skipWhiteSpace()) {
      throw new CodecException(shape, null, JsonErrors.EMPTY, null);
    }
    T value = read.apply(reader);
    if (reader.skipWhiteSpace()) {
      throw reader.notJson(JsonErrors.TRAILING);
    }
    return value;
  }

  /**
   * Reads the value in front as a shape of its own, which messages name and where paths begin.
   *
   * @param read leaves the reader behind the value
   */
  public <T> T nested(String shape, Function<JsonReader, T> read) {
    String outerShape = this.shape;
    int outerRoot = root;
    this.shape = shape;
    root = level + 1;
    try {
      return read.apply(this);
    } finally {
      this.shape = outerShape;
      root = outerRoot;
    }
  }

  /**
   * Reads the value in front. When it cannot be read, it is skipped and handed to another reader
   * together with the reason.
   *
   * @param read leaves the reader behind the value
   * @param unreadable is handed the reason and the bytes of the value
   * @throws CodecException when the value has no end
   */
  public void readOrSkip(
      Consumer<JsonReader> read, BiConsumer<CodecException, JsonSlice> unreadable) {
    int start = at;
    int outerLevel = level;
    try {
      read.accept(this);
    } catch (CodecException reason) {
      at = start;
      level = outerLevel;
      unreadable.accept(reason, slice());
    }
  }

  private void skipByteOrderMark() {
    if (end - at >= 3
        && bytes[at] == (byte) 0xEF
        && bytes[at + 1] == (byte) 0xBB
        && bytes[at + 2] == (byte) 0xBF) {
      at += 3;
    }
  }

  /** Enters the object in front. */
  public void enterObject() {
    expect('{', "an object");
    enter();
  }

  /** Enters the array in front. */
  public void enterArray() {
    expect('[', "an array");
    enter();
  }

  private void enter() {
    at++;
    level++;
    fields[level] = null;
    indexes[level] = -1;
  }

  /**
   * Moves in front of the value of the next field, and returns the field's name; leaves the object
   * and returns null when there is none.
   *
   * @param expected the fields of the object that matter
   */
  public @Nullable String nextField(JsonFields expected) {
    if (!hasNext('}', fields[level] == null)) {
      return null;
    }
    String name = name(expected);
    fields[level] = name;
    if (nextByte() != ':') {
      throw notJson(JsonErrors.NOT_JSON);
    }
    at++;
    nextByte();
    return name;
  }

  private String name(JsonFields expected) {
    int index = expected.find(bytes, at, end, indexes[level] + 1);
    if (index < 0) {
      if (bytes[at] != '"') {
        throw notJson(JsonErrors.NOT_JSON);
      }
      return readText(); // an unknown field, or a known one that is written with escapes
    }
    at += expected.length(index);
    indexes[level] = index;
    return expected.name(index);
  }

  /** Moves in front of the next element; leaves the array and returns false when there is none. */
  public boolean nextElement() {
    boolean more = hasNext(']', indexes[level] < 0);
    if (more) {
      indexes[level]++;
    }
    return more;
  }

  /** Moves to the next field or element; leaves the object or array when there is none. */
  private boolean hasNext(char close, boolean first) {
    byte next = nextByte();
    if (next == close) {
      at++;
      level--;
      return false;
    }
    if (!first) {
      if (next != ',') {
        throw notJson(JsonErrors.NOT_JSON);
      }
      at++;
      if (nextByte() == close) {
        throw notJson(JsonErrors.NOT_JSON);
      }
    }
    return true;
  }

  /** Skips the value in front, whatever it is. */
  public void skip() {
    byte first = bytes[at];
    if (first == '"') {
      at = endOfText(at + 1);
    } else if (first == '{' || first == '[') {
      skipNested();
    } else {
      skipLiteral();
    }
  }

  private void skipNested() {
    int depth = 0;
    while (at < end) {
      switch (bytes[at++]) {
        case '"' -> at = endOfText(at);
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (--depth == 0) {
            return;
          }
        }
        default -> {
          // a number, a literal, a comma, a colon or white space
        }
      }
    }
    throw notJson(JsonErrors.TOO_SHORT);
  }

  private void skipLiteral() {
    int start = at;
    while (at < end && isLiteral(bytes[at])) {
      at++;
    }
    if (at == start) {
      throw notJson(JsonErrors.NOT_JSON);
    }
  }

  /** Whether a byte can be part of a number, of {@code true}, {@code false} or {@code null}. */
  private static boolean isLiteral(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '+'
        || b == '.'
        || b == 'E';
  }

  /** Returns the position behind the closing quote of the text that a position is in. */
  private int endOfText(int from) {
    int i = from;
    while (i < end) {
      if (end - i >= Long.BYTES) {
        long word = word(bytes, i);
        long found = zeroBytes(word ^ QUOTES) | zeroBytes(word ^ BACKSLASHES);
        if (found == 0) {
          i += Long.BYTES;
          continue;
        }
        i += Long.numberOfTrailingZeros(found) / Byte.SIZE;
      }
      byte b = bytes[i];
      if (b == '"') {
        return i + 1;
      }
      i += b == '\\' ? 2 : 1;
    }
    at = end;
    throw notJson(JsonErrors.TOO_SHORT);
  }

  /** Returns a word with the high bit set in each byte that was zero, exact for the lowest one. */
  private static long zeroBytes(long word) {
    return (word - EACH_BYTE) & ~word & HIGH_BITS;
  }

  /** Returns whether some bytes are next. */
  public boolean startsWith(byte[] prefix) {
    return prefix.length <= end - at
        && Arrays.equals(bytes, at, at + prefix.length, prefix, 0, prefix.length);
  }

  /** Returns whether the value in front is an object. */
  public boolean isObject() {
    return bytes[at] == '{';
  }

  /** Skips the value in front if it is null; returns whether it was. */
  public boolean skipNull() {
    boolean isNull =
        end - at >= 4
            && bytes[at] == 'n'
            && bytes[at + 1] == 'u'
            && bytes[at + 2] == 'l'
            && bytes[at + 3] == 'l';
    if (isNull) {
      at += 4;
    }
    return isNull;
  }

  /** Reads text. */
  public String text() {
    expect('"', "text");
    return readText();
  }

  /** Reads text or null. */
  public @Nullable String textOrNull() {
    return skipNull() ? null : text();
  }

  /** Reads text; skips any other value and returns null. */
  public @Nullable String textIfText() {
    if (bytes[at] == '"') {
      return readText();
    }
    skip();
    return null;
  }

  /** Reads text whose opening quote is the next byte. */
  private String readText() {
    int start = at + 1;
    int i = start;
    while (end - i >= Long.BYTES && isPlain(word(bytes, i))) {
      i += Long.BYTES;
    }
    while (i < end && bytes[i] >= ' ' && bytes[i] != '"' && bytes[i] != '\\') {
      i++;
    }
    if (i < end && bytes[i] == '"') {
      at = i + 1;
      return new String(bytes, start, i - start, StandardCharsets.ISO_8859_1);
    }
    return decodedText(i);
  }

  /** Returns whether eight bytes are ASCII that stands for itself in a JSON text. */
  private static boolean isPlain(long word) {
    return (zeroBytes(word ^ QUOTES)
            | zeroBytes(word ^ BACKSLASHES)
            | ((word | (word - SPACES)) & HIGH_BITS))
        == 0;
  }

  /** Reads text with escapes or with characters beyond ASCII. */
  private String decodedText(int from) {
    int start = at;
    int behind = endOfText(from);
    try {
      Object text = JsonValues.parse(Arrays.copyOfRange(bytes, start, behind));
      at = behind;
      return (String) Objects.requireNonNull(text);
    } catch (InvalidInputException e) {
      throw notJson(JsonErrors.NOT_JSON);
    }
  }

  /** Reads an instant as ISO-8601 text, or null. */
  public @Nullable Instant instantOrNull() {
    if (skipNull()) {
      return null;
    }
    if (lastInstantJson != null && skipRepeated(lastInstantJson)) {
      return lastInstant;
    }
    int start = at;
    String text = text();
    try {
      lastInstant = WireInstant.parse(text);
    } catch (DateTimeException e) {
      throw failure("must be an instant as ISO-8601 text");
    }
    lastInstantJson = sliceFrom(start);
    return lastInstant;
  }

  /** Reads a whole number from 1 to 2,147,483,647. */
  public int positiveInt() {
    int number = positiveIntOr(0);
    if (number == 0) {
      throw failure("must be a whole number from 1 to " + Integer.MAX_VALUE);
    }
    return number;
  }

  /** Reads a whole number from 1 to 2,147,483,647; skips any other value and returns another. */
  public int positiveIntOr(int other) {
    int start = at;
    skip();
    long number = 0;
    for (int i = start; i < at && number <= Integer.MAX_VALUE; i++) {
      boolean digit = bytes[i] >= (number == 0 ? '1' : '0') && bytes[i] <= '9';
      number = digit ? number * 10 + bytes[i] - '0' : Long.MAX_VALUE;
    }
    return number < 1 || number > Integer.MAX_VALUE ? other : (int) number;
  }

  /** Skips the value in front and returns its bytes. */
  public JsonSlice slice() {
    int start = at;
    skip();
    return sliceFrom(start);
  }

  /** Returns the position in front of a value, for {@link #sliceFrom}. */
  public int position() {
    return at;
  }

  /** Returns the bytes from a position up to the reader's own. */
  public JsonSlice sliceFrom(int position) {
    return new JsonSlice(bytes, position, at - position);
  }

  /**
   * Skips the value in front if its bytes are those of another one.
   *
   * @param other a text, an object or an array
   * @return whether they are
   */
  public boolean skipRepeated(JsonSlice other) {
    int behind = at + other.length();
    boolean repeated =
        behind <= end
            && Arrays.equals(
                bytes, at, behind, other.array(), other.offset(), other.offset() + other.length());
    if (repeated) {
      at = behind;
    }
    return repeated;
  }

  /**
   * Returns the value of a field of the object just left.
   *
   * @throws CodecException when it is null, because the object does not have the field
   */
  public <T> T required(String field, @Nullable T value) {
    if (value == null) {
      throw failure(field, "is missing");
    }
    return value;
  }

  /** Returns an exception that refuses a field of the object just left. */
  public CodecException failure(String field, String reason) {
    return new CodecException(shape, path().field(null, field).toString(), reason, null);
  }

  /** Returns an exception that refuses the value being read and names it by its path. */
  public CodecException failure(String reason) {
    return new CodecException(shape, path().toString(), reason, null);
  }

  /** Only names that the shape knows are on the way to a value that it refuses. */
  private JsonPlace path() {
    var path = new JsonPlace();
    for (int i = root; i <= level; i++) {
      String field = fields[i];
      if (field != null) {
        path.field(null, field);
      } else {
        path.element(indexes[i]);
      }
    }
    return path;
  }

  private void expect(char first, String kind) {
    if (bytes[at] != first) {
      skip(); // what is no JSON is called that
      throw failure("must be " + kind);
    }
  }

  private CodecException notJson(String reason) {
    int line = 1;
    int lineStart = start;
    for (int i = start; i < at; i++) {
      if (bytes[i] == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new CodecException(
        shape, JsonPlace.lineAndColumn(line, at - lineStart + 1), reason, null);
  }

  /** Moves to the next byte that is not white space, and returns it. */
  private byte nextByte() {
    if (at < end && bytes[at] > ' ') {
      return bytes[at];
    }
    if (!skipWhiteSpace()) {
      throw notJson(JsonErrors.TOO_SHORT);
    }
    return bytes[at];
  }

  /** Moves to the next byte that is not white space; returns whether there is one. */
  private boolean skipWhiteSpace() {
    while (at < end) {
      byte b = bytes[at];
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return true;
      }
      at++;
    }
    return false;
  }
}
