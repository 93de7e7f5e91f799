package io.w7s.sdk.internal.json;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.WireInstant;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Writes the JSON of an envelope, and copies bodies into it byte for byte. It writes the commas;
 * the caller closes what it opens. Used by one thread.
 */
public final class JsonWriter {

  private byte[] bytes;
  private int size;
  private boolean comma;

  /** The last instant written: most messages of a batch have the same one. */
  private @Nullable Instant lastInstant;

  private byte[] lastInstantText = {};

  /**
   * Creates a writer that has written nothing.
   *
   * @param expected how many bytes will probably be written
   */
  public JsonWriter(int expected) {
    bytes = new byte[expected];
  }

  /** Opens an object. */
  public JsonWriter beginObject() {
    return begin('{');
  }

  /** Closes an object. */
  public JsonWriter endObject() {
    return end('}');
  }

  /** Opens an array. */
  public JsonWriter beginArray() {
    return begin('[');
  }

  /** Closes an array. */
  public JsonWriter endArray() {
    return end(']');
  }

  /**
   * Starts a field.
   *
   * @param name ASCII that needs no escapes, as the names of all fields of envelopes are
   */
  public JsonWriter name(String name) {
    reserve(name.length() + 4);
    if (comma) {
      bytes[size++] = ',';
    }
    appendQuoted(name);
    bytes[size++] = ':';
    comma = false;
    return this;
  }

  /** Writes a field; nothing when the value is null. */
  public JsonWriter field(String name, @Nullable String value) {
    return value == null ? this : name(name).text(value);
  }

  /** Writes a field with milliseconds; nothing when the value is null. */
  public JsonWriter field(String name, @Nullable Instant value) {
    if (value == null) {
      return this;
    }
    if (!value.equals(lastInstant)) {
      lastInstant = value;
      lastInstantText = WireInstant.format(value);
    }
    name(name);
    reserve(lastInstantText.length + 2);
    bytes[size++] = '"';
    append(lastInstantText, 0, lastInstantText.length);
    bytes[size++] = '"';
    comma = true;
    return this;
  }

  /** Writes a field that is a number. */
  public JsonWriter field(String name, int value) {
    name(name);
    String digits = Integer.toString(value);
    reserve(digits.length());
    appendPlain(digits);
    comma = true;
    return this;
  }

  /** Writes a field whose value is JSON already; an empty slice is written as {@code null}. */
  public JsonWriter field(String name, JsonSlice value) {
    JsonSlice json = value.length() == 0 ? JsonSlice.ofNull() : value;
    name(name).append(json.array(), json.offset(), json.length());
    comma = true;
    return this;
  }

  /**
   * Writes text.
   *
   * @throws InvalidInputException when it has half of a surrogate pair, which UTF-8 cannot hold
   */
  JsonWriter text(String value) {
    separate();
    if (isPlain(value)) {
      reserve(value.length() + 2);
      appendQuoted(value);
    } else {
      byte[] escaped = escaped(value);
      append('"');
      append(escaped, 0, escaped.length);
      append('"');
    }
    comma = true;
    return this;
  }

  /** Makes room for as many bytes in all as there will be if the expectation is right. */
  public void expect(int total) {
    if (total > size) {
      bytes = Arrays.copyOf(bytes, total);
    }
  }

  /** Returns how many bytes have been written. */
  public int size() {
    return size;
  }

  /** Writes again what was written between two sizes, with its commas. */
  public JsonWriter repeat(int from, int to) {
    reserve(to - from);
    append(bytes, from, to - from);
    return this;
  }

  /** Returns what has been written. */
  public byte[] toBytes() {
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  /** Returns whether text is ASCII without anything to escape, as most names and ids are. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static byte[] escaped(String text) {
    try {
      return JsonStringEncoder.getInstance().quoteAsUTF8(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("text", "half of a surrogate pair", "whole characters");
    }
  }

  /** Appends ASCII between quotes; the room for it must be reserved. */
  private void appendQuoted(String plain) {
    bytes[size++] = '"';
    appendPlain(plain);
    bytes[size++] = '"';
  }

  @SuppressWarnings("deprecation") // copies the bytes of ASCII text as they are
  private void appendPlain(String plain) {
    plain.getBytes(0, plain.length(), bytes, size);
    size += plain.length();
  }

  private JsonWriter begin(char bracket) {
    separate();
    append(bracket);
    comma = false;
    return this;
  }

  private JsonWriter end(char bracket) {
    append(bracket);
    comma = true;
    return this;
  }

  private void separate() {
    if (comma) {
      append(',');
    }
  }

  private void append(char ascii) {
    reserve(1);
    bytes[size++] = (byte) ascii;
  }

  private void append(byte[] from, int offset, int length) {
    reserve(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  private void reserve(int more) {
    if (more > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
    }
  }
}
