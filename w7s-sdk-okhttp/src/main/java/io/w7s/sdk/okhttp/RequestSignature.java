package io.w7s.sdk.okhttp;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.signature.RequestKind;
import io.w7s.sdk.signature.RequestSigner;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.TimeSource;
import okhttp3.Request;

/** Signs requests of OkHttp. Thread-safe. */
public final class RequestSignature {

  private final RequestSigner signer;

  /** Signs with each of some secrets that is valid by a clock, and with its time. */
  public RequestSignature(SigningSecrets secrets, TimeSource time) {
    this.signer = RequestSigner.of(secrets, time);
  }

  /**
   * Returns a request with the headers of a signature. A signature is taken once.
   *
   * @param path the path that the receiver sees, without a prefix of its server
   * @param body the bytes of the request's body; empty for none
   * @throws InvalidInputException when the receiver would refuse the request
   */
  public Request sign(RequestKind kind, Request request, String path, byte[] body) {
    var headers = Headers.builder();
    request.headers().forEach(each -> headers.add(each.getFirst(), each.getSecond()));
    String query = request.url().encodedQuery();
    AppRequest signed =
        signer.sign(
            kind,
            new AppRequest(
                request.method(), path, query == null ? "" : query, headers.build(), body));
    Request.Builder http = request.newBuilder();
    signed
        .headers()
        .forEach(
            (name, value) -> {
              if (name.startsWith("x-w7s-signature") || name.equals("x-w7s-kind")) {
                http.header(name, value);
              }
            });
    return http.build();
  }
}
