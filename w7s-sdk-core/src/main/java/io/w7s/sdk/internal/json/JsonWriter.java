package io.w7s.sdk.internal.json;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.WireInstant;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Puts the JSON of an envelope together, with bodies copied in byte for byte. Commas are its job,
 * balance is the caller's. Used by one thread.
 */
public final class JsonWriter {

  private byte[] bytes;
  private int size;
  private boolean comma;

  /** Messages of a batch mostly came at one moment, which is written once and copied then. */
  private @Nullable Instant lastInstant;

  private byte[] lastInstantText = {};

  /**
   * Starts with nothing.
   *
   * @param expected how many bytes it will probably be
   */
  public JsonWriter(int expected) {
    bytes = new byte[expected];
  }

  public JsonWriter beginObject() {
    return begin('{');
  }

  public JsonWriter endObject() {
    return end('}');
  }

  public JsonWriter beginArray() {
    return begin('[');
  }

  public JsonWriter endArray() {
    return end(']');
  }

  /** Starts a field; the names of envelopes need no escapes. */
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

  /** Writes a field to the millisecond; nothing when the value is null. */
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

  public JsonWriter field(String name, int value) {
    return field(name, JsonSlice.of(Integer.toString(value).getBytes(StandardCharsets.US_ASCII)));
  }

  /** Writes a field whose value is JSON already; a slice of no bytes is {@code null}. */
  public JsonWriter field(String name, JsonSlice value) {
    JsonSlice json = value.length() == 0 ? JsonSlice.ofNull() : value;
    name(name).append(json.array(), json.offset(), json.length());
    comma = true;
    return this;
  }

  /**
   * Writes text.
   *
   * @throws InvalidInputException when half of a surrogate pair is in it, which UTF-8 cannot hold
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

  /** Returns how many bytes there are. */
  public int size() {
    return size;
  }

  /** Writes once more what was written from one size to another, commas included. */
  public JsonWriter repeat(int from, int to) {
    reserve(to - from);
    append(bytes, from, to - from);
    return this;
  }

  public byte[] toBytes() {
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  /** ASCII without anything to escape, as nearly every name and id is. */
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

  /** Room for it is reserved. */
  @SuppressWarnings("deprecation") // of what is ASCII it copies the bytes as they are
  private void appendQuoted(String plain) {
    int length = plain.length();
    bytes[size++] = '"';
    plain.getBytes(0, length, bytes, size);
    size += length;
    bytes[size++] = '"';
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
