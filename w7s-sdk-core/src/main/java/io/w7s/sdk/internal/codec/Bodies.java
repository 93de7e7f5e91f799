package io.w7s.sdk.internal.codec;

import io.w7s.sdk.RawBody;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonErrors;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the bodies of all calls, messages, events and workflows. It handles what has no
 * JSON, so that a {@link JsonCodec} is never asked to write null, to read an empty body, or to
 * handle the type {@code Void}. Nothing else of the SDK calls a codec.
 */
public final class Bodies {

  private static final String ONLY_FOR_ROUTES =
      "only the whole body of a route can be a RawBody; all else is JSON";

  private Bodies() {}

  /** Returns whether values of a type have no content: {@code Void} and {@code void}. */
  public static boolean isVoid(TypeRef<?> type) {
    return type.type() == Void.class;
  }

  /**
   * Returns a value as JSON. Null is written as JSON {@code null}, and {@link RawJson} as it is.
   *
   * @throws CodecException when the value cannot be written
   */
  public static byte[] write(JsonCodec codec, @Nullable Object value, TypeRef<?> type) {
    if (value == null) {
      return JsonSlice.ofNull().toBytes();
    }
    if (value instanceof RawBody) {
      throw new CodecException(type.toString(), null, ONLY_FOR_ROUTES, null);
    }
    return value instanceof RawJson json ? json.utf8() : codec.encode(value, type);
  }

  /**
   * Reads a body that must not be empty, unless the type is {@code Void}: a body of that type is
   * not looked at. A body of the type {@link RawJson} is returned as it is.
   *
   * @return the value; null for {@code Void}, and for JSON null where the type has no other value
   *     for it
   * @throws CodecException when the body is empty or white space, or does not fit the type
   */
  @SuppressWarnings("unchecked") // the type says that T is RawJson
  public static <T> @Nullable T read(JsonCodec codec, JsonSlice body, TypeRef<T> type) {
    if (isVoid(type)) {
      return null;
    }
    if (type.type() == RawBody.class) {
      throw new CodecException(type.toString(), null, ONLY_FOR_ROUTES, null);
    }
    if (body.isBlank()) {
      throw new CodecException(type.toString(), null, JsonErrors.EMPTY, null);
    }
    return type.type() == RawJson.class
        ? (T) RawJson.of(body.toBytes())
        : codec.decode(body.array(), body.offset(), body.length(), type);
  }

  /** Reads a body that may be empty, which means the same as JSON null. */
  public static <T> @Nullable T readOptional(JsonCodec codec, JsonSlice body, TypeRef<T> type) {
    return read(codec, body.isBlank() ? JsonSlice.ofNull() : body, type);
  }
}
