package io.w7s.sdk.store.internal;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.json.RawJson;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Values as JSON, with those that no codec gets: null and JSON that is written already. */
public final class JsonData {

  private JsonData() {}

  /**
   * Writes a value.
   *
   * @throws io.w7s.sdk.error.CodecException when it cannot be written
   */
  public static byte[] write(JsonCodec codec, @Nullable Object value, TypeRef<?> type) {
    if (value == null) {
      return "null".getBytes(StandardCharsets.US_ASCII);
    }
    return value instanceof RawJson raw ? raw.utf8() : codec.encode(value, type);
  }

  /**
   * Reads a value; null where the JSON is null.
   *
   * @throws io.w7s.sdk.error.CodecException when it does not fit the type
   */
  public static <T> @Nullable T read(JsonCodec codec, byte[] json, TypeRef<T> type) {
    if (type.type() == Void.class) {
      return null;
    }
    if (type.type() == RawJson.class) {
      @SuppressWarnings("unchecked") // T is RawJson
      T raw = (T) RawJson.of(json);
      return raw;
    }
    return codec.decode(json, type);
  }
}
