package io.w7s.sdk.internal.json;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.text.WireInstant;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * A cursor over the JSON of an envelope. It stands on one value at a time, skips fields that nobody
 * asks for, and returns a body as a slice of the bytes that it reads. Used by one thread.
 */
public final class JsonReader {

  private static final JsonFactory JSON = new JsonFactory();

  /**
   * Reads envelopes. What is wrong with one body must not make the whole envelope unreadable, so
   * the limits of a body are left to the codec that reads it; the envelope's own size is bounded.
   */
  static final JsonFactory ENVELOPES =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final JsonParser parser;
  private final JsonSlice source;
  private final String shape;

  /** The last instant read: most messages of a batch have the same one. */
  private @Nullable String lastInstantText;

  private @Nullable Instant lastInstant;

  private JsonReader(JsonParser parser, JsonSlice source, String shape) {
    this.parser = parser;
    this.source = source;
    this.shape = shape;
  }

  /**
   * Reads an envelope.
   *
   * @param shape what the envelope is, as messages name it
   * @param read is handed the cursor on the value, and leaves it on the value's last token; may be
   *     called twice
   * @throws CodecException when the source is not JSON or more than one value, or when {@code read}
   *     throws it
   */
  public static <T> T read(JsonSlice source, String shape, Function<JsonReader, T> read) {
    try {
      return read(ENVELOPES, source.array(), source, shape, read);
    } catch (StreamReadException e) {
      byte[] wellFormed = LoneSurrogates.replaced(source);
      if (wellFormed == null) {
        throw JacksonFailure.reading(shape, e);
      }
      try {
        return read(ENVELOPES, wellFormed, source, shape, read);
      } catch (JacksonException again) {
        throw JacksonFailure.reading(shape, again);
      }
    } catch (JacksonException e) {
      throw JacksonFailure.reading(shape, e);
    }
  }

  /**
   * Checks that a slice is one JSON value within the limits of a body.
   *
   * @param type what it is to become, for the message
   * @throws CodecException when it is not
   */
  static void check(JsonSlice json, String type) {
    try {
      read(
          JSON,
          json.array(),
          json,
          type,
          in -> {
            in.skip();
            return json;
          });
    } catch (JacksonException e) {
      throw JacksonFailure.reading(type, e);
    }
  }

  /**
   * Reads one JSON value.
   *
   * @param bytes what is parsed; the array of the source, or a copy that differs in no length
   */
  private static <T> T read(
      JsonFactory json,
      byte[] bytes,
      JsonSlice source,
      String shape,
      Function<JsonReader, T> read) {
    try (JsonParser parser =
        json.createParser(ObjectReadContext.empty(), bytes, source.offset(), source.length())) {
      var reader = new JsonReader(parser, source, shape);
      if (parser.nextToken() == null) {
        throw new CodecException(shape, null, JsonErrors.EMPTY, null);
      }
      // The parser also reads UTF-16 and UTF-32, but then it has no byte offsets for slices.
      if (parser.currentLocation().getByteOffset() < 0) {
        throw new CodecException(shape, null, JsonErrors.NOT_JSON, null);
      }
      T value = read.apply(reader);
      if (parser.nextToken() != null) {
        TokenStreamLocation at = parser.currentTokenLocation();
        throw new CodecException(
            shape,
            JsonPlace.lineAndColumn(at.getLineNr(), at.getColumnNr()),
            JsonErrors.TRAILING,
            null);
      }
      return value;
    }
  }

  /** Steps into the object that the cursor stands on. */
  public void enterObject() {
    expect(JsonToken.START_OBJECT, "an object");
  }

  /**
   * Steps to the value of the next field and returns its name; null, standing on the object's end,
   * when none is left.
   */
  public @Nullable String nextField() {
    String name = parser.nextName();
    if (name != null) {
      parser.nextToken();
    }
    return name;
  }

  /** Steps into the array that the cursor stands on. */
  public void enterArray() {
    expect(JsonToken.START_ARRAY, "an array");
  }

  /** Steps to the next element; false, standing on the array's end, when none is left. */
  public boolean nextElement() {
    return parser.nextToken() != JsonToken.END_ARRAY;
  }

  /** Passes over the value, whatever it is. */
  public void skip() {
    parser.skipChildren();
  }

  /** Returns whether the value is an object. */
  public boolean isObject() {
    return parser.hasToken(JsonToken.START_OBJECT);
  }

  /** Returns whether the value is JSON null. */
  public boolean isNull() {
    return parser.hasToken(JsonToken.VALUE_NULL);
  }

  /**
   * Returns the value, which must be text.
   *
   * @throws CodecException when it is not
   */
  public String text() {
    expect(JsonToken.VALUE_STRING, "text");
    return parser.getString();
  }

  /**
   * Returns the value, which must be text or null.
   *
   * @throws CodecException when it is neither
   */
  public @Nullable String textOrNull() {
    return isNull() ? null : text();
  }

  /** Returns the value when it is text, and null for any other value. */
  public @Nullable String textIfText() {
    if (parser.hasToken(JsonToken.VALUE_STRING)) {
      return parser.getString();
    }
    skip();
    return null;
  }

  /**
   * Returns the value, which must be an instant or null.
   *
   * @throws CodecException when it is neither
   */
  public @Nullable Instant instantOrNull() {
    if (isNull()) {
      return null;
    }
    String text = text();
    if (text.equals(lastInstantText)) {
      return lastInstant;
    }
    try {
      lastInstant = WireInstant.parse(text);
      lastInstantText = text;
      return lastInstant;
    } catch (DateTimeException e) {
      throw failure("must be an instant as ISO-8601 text");
    }
  }

  /**
   * Returns the value, which must be a positive {@code int}.
   *
   * @throws CodecException when it is not
   */
  public int positiveInt() {
    String kind = "a whole number from 1 to " + Integer.MAX_VALUE;
    expect(JsonToken.VALUE_NUMBER_INT, kind);
    if (parser.getNumberType() != JsonParser.NumberType.INT || parser.getIntValue() < 1) {
      throw failure("must be " + kind);
    }
    return parser.getIntValue();
  }

  /** Returns the value when it is a positive {@code int}, and another for one that is not. */
  public int positiveIntOr(int other) {
    boolean isInt =
        parser.hasToken(JsonToken.VALUE_NUMBER_INT)
            && parser.getNumberType() == JsonParser.NumberType.INT
            && parser.getIntValue() > 0;
    skip();
    return isInt ? parser.getIntValue() : other;
  }

  /** Returns the bytes of the value, without the white space around it. */
  public JsonSlice slice() {
    int start = start();
    parser.skipChildren();
    return sliceFrom(start);
  }

  /** Returns where in the array the value starts. */
  public int start() {
    return source.offset() + (int) parser.currentTokenLocation().getByteOffset();
  }

  /** Returns the bytes from the {@link #start} of a value to its end, once it has been read. */
  public JsonSlice sliceFrom(int start) {
    parser.finishToken(); // text is read lazily, and its end is not known before
    int end = source.offset() + (int) parser.currentLocation().getByteOffset();
    return new JsonSlice(source.array(), start, end - start);
  }

  /** Returns whether the value has the same bytes as an object or array that was read before. */
  public boolean repeats(JsonSlice former) {
    int start = start();
    int end = start + former.length();
    return end <= source.array().length
        && Arrays.equals(
            source.array(),
            start,
            end,
            former.array(),
            former.offset(),
            former.offset() + former.length());
  }

  /**
   * Returns the value of a field of the object just left.
   *
   * @throws CodecException when the value is null, because the field is missing
   */
  public <T> T required(String field, @Nullable T value) {
    if (value == null) {
      throw new CodecException(shape, path().field(null, field).toString(), "is missing", null);
    }
    return value;
  }

  /** Returns an exception for the value that the cursor stands on. */
  public CodecException failure(String reason) {
    return new CodecException(shape, path().toString(), reason, null);
  }

  private void expect(JsonToken token, String kind) {
    if (!parser.hasToken(token)) {
      throw failure("must be " + kind);
    }
  }

  private JsonPlace path() {
    TokenStreamContext context = parser.streamReadContext();
    boolean onStart = parser.currentToken().isStructStart();
    return path(onStart ? context.getParent() : context);
  }

  /** Returns the path to a value. */
  static JsonPlace path(TokenStreamContext context) {
    if (context.inRoot()) {
      return new JsonPlace();
    }
    JsonPlace outer = path(context.getParent());
    return context.inArray()
        ? outer.element(context.getCurrentIndex())
        : outer.field(null, context.currentName());
  }
}
