package io.w7s.sdk.json;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import org.jspecify.annotations.Nullable;

/**
 * Writes Java values as JSON and reads them back. {@link JacksonCodec} is the default; {@link
 * Jackson2Codec} and {@link JsonbCodec} are for applications that already use those libraries. Each
 * has a method {@code of} that takes your own mapper. To use another library, implement the two
 * methods.
 *
 * <p>An implementation is thread-safe, reads and writes UTF-8, and reports every failure as a
 * {@link CodecException} whose message does not repeat the JSON. The SDK handles null and empty
 * bodies and the type {@code Void} itself: it never asks a codec to write null, to read fewer than
 * one byte, or to read a {@code Void}.
 *
 * <p>The three codecs of the SDK agree on the following:
 *
 * <ul>
 *   <li>record components and properties that are null or an empty {@code Optional} are left out; a
 *       value in an {@code Optional} stands for itself;
 *   <li>unknown fields are ignored; missing ones are null, an empty {@code Optional}, or the zero
 *       of a primitive, for which null itself is refused;
 *   <li>{@code Instant} and the other types of {@code java.time} are ISO-8601 text, enums their
 *       constant's name;
 *   <li>{@code long}, {@code BigInteger} and {@code BigDecimal} keep every digit;
 *   <li>the JSON never chooses a class: subtypes are those that the declared type lists by
 *       annotation.
 * </ul>
 *
 * <p>A codec for a library that the SDK does not know takes about ten lines. With a mapper of
 * Jackson 3 in the place of that library:
 *
 * <pre>{@code
 * record MapperCodec(JsonMapper mapper) implements JsonCodec {
 *   public byte[] encode(Object value, TypeRef<?> type) {
 *     try {
 *       return mapper.writerFor(mapper.constructType(type.type())).writeValueAsBytes(value);
 *     } catch (JacksonException e) {
 *       throw new CodecException(type.toString(), null, "cannot be written", e);
 *     }
 *   }
 *
 *   public <T> T decode(byte[] json, int offset, int length, TypeRef<T> type) {
 *     try {
 *       return mapper.readerFor(mapper.constructType(type.type())).readValue(json, offset, length);
 *     } catch (JacksonException e) {
 *       throw new CodecException(type.toString(), null, "cannot be read", e);
 *     }
 *   }
 * }
 * }</pre>
 */
public interface JsonCodec {

  /**
   * Writes a value as JSON.
   *
   * @param value the value, an instance of the type; never null
   * @param type the declared type of the value. It decides where the value's class cannot: the
   *     elements of a {@code List<Shape>} carry the subtype names of {@code Shape} only because the
   *     type says what they are
   * @return one JSON value in UTF-8, in a new array
   * @throws CodecException when the value cannot be written
   */
  byte[] encode(Object value, TypeRef<?> type);

  /**
   * Reads the JSON value that fills a part of an array, so that a body inside a message need not be
   * copied.
   *
   * @param json holds one JSON value in UTF-8 in the range given, with white space around it
   *     allowed; the codec neither changes nor keeps the array
   * @param offset where the value starts, in bytes
   * @param length how many bytes belong to the value; at least one
   * @param type the type to read; never {@code Void}
   * @param <T> the type to read
   * @return the value. JSON {@code null} is null, or an empty {@code Optional} for that type
   * @throws CodecException when the range holds no JSON, more than one value, or a value that does
   *     not fit the type; its position counts from {@code offset}
   * @throws IndexOutOfBoundsException when the range is not within the array
   */
  <T> @Nullable T decode(byte[] json, int offset, int length, TypeRef<T> type);

  /**
   * Reads the JSON value that fills an array; as {@link #decode(byte[], int, int, TypeRef)}
   * otherwise.
   *
   * @param json one JSON value in UTF-8; at least one byte
   * @param type the type to read; never {@code Void}
   * @param <T> the type to read
   * @return the value. JSON {@code null} is null, or an empty {@code Optional} for that type
   * @throws CodecException when the array holds no JSON, more than one value, or a value that does
   *     not fit the type
   */
  default <T> @Nullable T decode(byte[] json, TypeRef<T> type) {
    return decode(json, 0, json.length, type);
  }
}
