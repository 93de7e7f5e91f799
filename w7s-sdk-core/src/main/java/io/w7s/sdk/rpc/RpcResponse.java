package io.w7s.sdk.rpc;

import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.ResponseBodies;
import io.w7s.sdk.json.JsonCodec;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A target's whole response, whatever its status. Immutable; the body is decoded when it is asked
 * for.
 *
 * @param <O> the type of the body of a 2xx response
 */
public final class RpcResponse<O> {

  private final int status;
  private final Headers headers;
  private final byte[] bytes;
  private final TypeRef<O> type;
  private final JsonCodec codec;

  /**
   * Creates a response from its parts.
   *
   * @param bytes the body; not copied
   * @param type the type of the body of a 2xx response
   * @param codec what reads it
   */
  public RpcResponse(int status, Headers headers, byte[] bytes, TypeRef<O> type, JsonCodec codec) {
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
    this.type = type;
    this.codec = codec;
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns whether the status is 2xx. */
  public boolean ok() {
    return status >= 200 && status < 300;
  }

  /** Returns the headers. */
  public Headers headers() {
    return headers;
  }

  /**
   * Reads the body as the route's declared type.
   *
   * @return the body. An empty body and JSON null are null, or an empty {@code Optional} for that
   *     type; {@code Void} is null whatever the body is. A {@link RawBody} is null only with a
   *     status that allows no body, such as 204; otherwise an empty body is one of no bytes
   * @throws io.w7s.sdk.error.CodecException when the body does not fit the type, as the body of a
   *     failure seldom does
   */
  public @Nullable O body() {
    return body(type);
  }

  /**
   * Reads the body as another type, such as that of a failure; as {@link #body()} otherwise.
   *
   * @throws io.w7s.sdk.error.CodecException when the body does not fit the type
   */
  @SuppressWarnings("unchecked") // the type says that E is RawBody
  public <E> @Nullable E body(TypeRef<E> type) {
    if (type.type() == RawBody.class) {
      return ResponseBodies.isAllowed(status) ? (E) RawBody.of(headers, bytes) : null;
    }
    return Bodies.readOptional(codec, JsonSlice.of(bytes), type);
  }

  /** Returns the body as UTF-8 text. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Returns a copy of the body. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Returns the status and the length of the body; not the body, for it may be secret. */
  @Override
  public String toString() {
    return "RpcResponse[status=" + status + ", body=" + bytes.length + " bytes]";
  }
}
