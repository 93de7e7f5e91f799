package io.w7s.sdk.internal.json;

import io.w7s.sdk.error.CodecException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * One JSON value within a larger array of UTF-8 bytes: a body that is decoded in place. The array
 * is shared and not copied, so nobody may change it. Slices of equal bytes are equal.
 *
 * @param array the bytes that hold the value
 * @param offset where the value starts
 * @param length how many bytes belong to it
 */
@SuppressWarnings("ArrayRecordComponent") // equals, hashCode and toString are by content
public record JsonSlice(byte[] array, int offset, int length) {

  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

  /** Checks the range. */
  public JsonSlice {
    Objects.checkFromIndexSize(offset, length, array.length);
  }

  /** Returns the whole of an array. */
  public static JsonSlice of(byte[] json) {
    return new JsonSlice(json, 0, json.length);
  }

  /** Returns the literal {@code null}, which is what an absent body means. */
  public static JsonSlice ofNull() {
    return of(NULL);
  }

  /** Returns whether there is nothing but JSON's white space and, before it, a byte order mark. */
  public boolean isBlank() {
    for (int i = startsWithByteOrderMark() ? 3 : 0; i < length; i++) {
      if (" \t\r\n".indexOf(array[offset + i]) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns this without the byte order mark that it may start with. */
  public JsonSlice withoutByteOrderMark() {
    return startsWithByteOrderMark() ? new JsonSlice(array, offset + 3, length - 3) : this;
  }

  private boolean startsWithByteOrderMark() {
    return length >= 3
        && array[offset] == (byte) 0xef
        && array[offset + 1] == (byte) 0xbb
        && array[offset + 2] == (byte) 0xbf;
  }

  /** Returns whether this begins with some bytes. */
  public boolean startsWith(byte[] prefix) {
    return prefix.length <= length
        && Arrays.equals(array, offset, offset + prefix.length, prefix, 0, prefix.length);
  }

  /**
   * Checks that this is one JSON value in UTF-8, at most 500 levels deep.
   *
   * @param type what it is to become, for the message
   * @throws CodecException when it is not
   */
  public void requireJson(String type) {
    if (!Utf8.mayBeJson(array, offset, length)) {
      throw new CodecException(type, null, JsonErrors.NOT_JSON, null);
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), array, offset, length)) {
      if (parser.nextToken() == null) {
        throw new CodecException(type, null, JsonErrors.EMPTY, null);
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        TokenStreamLocation at = parser.currentTokenLocation();
        throw new CodecException(
            type,
            JsonPlace.lineAndColumn(at.getLineNr(), at.getColumnNr()),
            JsonErrors.TRAILING,
            null);
      }
    } catch (JacksonException e) {
      throw JacksonFailure.reading(type, e);
    }
  }

  /** Returns a copy of the value's own bytes. */
  public byte[] toBytes() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonSlice slice
        && Arrays.equals(
            array, offset, offset + length, slice.array, slice.offset, slice.offset + slice.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  /** Returns the size only: the value may be secret. */
  @Override
  public String toString() {
    return "JsonSlice[" + length + " bytes]";
  }
}
