package io.w7s.sdk.local.internal.transport;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.okhttp.RequestSignature;
import io.w7s.sdk.signature.RequestKind;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs what goes to the apps on this machine, as the bridge does, when it is sent. What cannot be
 * signed is sent as it is: an app that wants signatures refuses it and says why, and others take
 * it. Thread-safe.
 */
final class LocalSignature implements Interceptor {

  private static final Logger log = LoggerFactory.getLogger(LocalSignature.class);

  private final RequestSignature signature;

  LocalSignature(SigningSecrets secrets, TimeSource time) {
    this.signature = new RequestSignature(secrets, time);
  }

  /**
   * The path of a request as its app sees it, without what the app's URL puts before it.
   *
   * @param path percent-encoded, from its leading slash
   */
  record AppPath(String path) {}

  @Override
  public Response intercept(Chain chain) throws IOException {
    return chain.proceed(signed(chain.request()));
  }

  private Request signed(Request request) throws IOException {
    AppPath at = request.tag(AppPath.class);
    RequestKind kind = kind(request);
    RequestBody body = request.body();
    if (at == null || kind == null || (body != null && body.isOneShot())) {
      return request; // a stream would have to be read before it is sent
    }
    try {
      return signature.sign(kind, request, at.path(), bytes(body));
    } catch (InvalidInputException ambiguous) {
      log.debug("a request is sent without a signature: {}", ambiguous.getMessage());
      return request;
    }
  }

  private static @Nullable RequestKind kind(Request request) {
    if (request.header("x-w7s-rpc") != null) {
      return RequestKind.RPC;
    }
    if (request.header("x-w7s-queue") != null) {
      return RequestKind.QUEUE;
    }
    if (request.header("x-w7s-workflow") != null) {
      return RequestKind.WORKFLOW;
    }
    return request.header("x-w7s-schedule") == null ? null : RequestKind.SCHEDULE;
  }

  private static byte[] bytes(@Nullable RequestBody body) throws IOException {
    if (body == null) {
      return new byte[0];
    }
    var buffer = new Buffer();
    body.writeTo(buffer);
    return buffer.readByteArray();
  }
}
