package io.w7s.sdk.internal.call;

import io.w7s.sdk.Headers;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.spi.Operation.RpcCall;
import org.jspecify.annotations.Nullable;

/**
 * Reads the response to an RPC with another codec. A JSON library may repeat part of the JSON in
 * its exception, and the response may repeat a secret of the call.
 *
 * @param codec the codec that reads
 * @param call the call
 * @param response the headers of the response
 */
record SecretKeepingCodec(JsonCodec codec, RpcCall call, Headers response) implements JsonCodec {

  @Override
  public byte[] encode(Object value, TypeRef<?> type) {
    return codec.encode(value, type);
  }

  @Override
  public <T> @Nullable T decode(byte[] json, int offset, int length, TypeRef<T> type) {
    try {
      return codec.decode(json, offset, length, type);
    } catch (CodecException unreadable) {
      throw CallExceptions.withoutSecrets(unreadable, CallExceptions.secrets(call, response));
    }
  }
}
