package io.w7s.sdk.hosted;

import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.okhttp.RequestSignature;
import io.w7s.sdk.signature.RequestKind;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import okhttp3.Interceptor;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.ForwardingSink;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/**
 * Signs each request when it is sent: on the thread that sends it, and with the time at which it
 * is. A body that is a stream is read into memory first, because its digest comes before it.
 */
final class BridgeSignature implements Interceptor {

  private static final int MAX_STREAMED_BYTES = W7sApp.DEFAULT_MAX_BODY_BYTES;

  private static final int BAD_REQUEST = 400;
  private static final int TOO_LARGE = 413;

  /** The part of paths that the app, and so the bridge, does not see. */
  private final String prefix;

  private final RequestSignature signature;

  BridgeSignature(URI bridge, SigningSecrets secrets, TimeSource time) {
    this.prefix = bridge.getRawPath();
    this.signature = new RequestSignature(secrets, time);
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    byte @Nullable [] body;
    try {
      body = body(request.body());
    } catch (StreamTooLong e) {
      return notSent(
          request, TOO_LARGE, "the stream has more than " + MAX_STREAMED_BYTES + " bytes");
    }
    Request signed;
    try {
      signed =
          signature.sign(
              RequestKind.CALL, request, pathOf(request), body == null ? new byte[0] : body);
    } catch (InvalidInputException ambiguous) {
      return notSent(request, BAD_REQUEST, String.valueOf(ambiguous.getMessage()));
    }
    return chain.proceed(
        signed
            .newBuilder()
            .method(request.method(), body == null ? null : RequestBody.create(body))
            .build());
  }

  /** Returns the path that the bridge sees; an interceptor of the user's may have set another. */
  private String pathOf(Request request) {
    String path = request.url().encodedPath();
    return path.startsWith(prefix) ? path.substring(prefix.length()) : path;
  }

  private static final class StreamTooLong extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static byte @Nullable [] body(@Nullable RequestBody body) throws IOException {
    if (body == null) {
      return null;
    }
    var buffer = new Buffer();
    BufferedSink sink = Okio.buffer(body.isOneShot() ? limited(buffer) : buffer);
    body.writeTo(sink);
    sink.flush();
    return buffer.readByteArray();
  }

  private static ForwardingSink limited(Buffer buffer) {
    return new ForwardingSink(buffer) {
      @Override
      public void write(Buffer source, long byteCount) throws IOException {
        if (buffer.size() + byteCount > MAX_STREAMED_BYTES) {
          throw new StreamTooLong();
        }
        super.write(source, byteCount);
      }
    };
  }

  private static Response notSent(Request request, int status, String reason) {
    return new Response.Builder()
        .request(request)
        .protocol(Protocol.HTTP_1_1)
        .code(status)
        .message("")
        .header(BridgeEndpoint.MARK, BridgeEndpoint.NOT_SENT)
        .body(ResponseBody.create(JsonValues.write(Map.of("error", reason)), null))
        .build();
  }
}
