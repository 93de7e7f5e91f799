package io.w7s.sdk.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.NoResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import okhttp3.Request;
import okhttp3.RequestBody;

/** Exchanges for tests of single attempts, and their outcomes. */
final class Exchanges {

  private static final AppId APP = AppId.parse("acme/worker");

  private Exchanges() {}

  static Exchange<RawResponse> get(URI url) {
    return get(url.toString());
  }

  static Exchange<RawResponse> get(String url) {
    return of(new Request.Builder().url(url).build());
  }

  static Exchange<RawResponse> post(URI url, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return of(new Request.Builder().url(url.toString()).post(RequestBody.create(bytes)).build());
  }

  static Exchange<RawResponse> of(Request http) {
    var call = new RpcCall(APP, http.method(), "/x", "/x", "", Headers.none(), null, false);
    return new Exchange<>(call, http, "acme/worker", Outcome::success);
  }

  static RawResponse response(Outcome<RawResponse> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Success.class);
    return ((Outcome.Success<RawResponse>) outcome).result();
  }

  static String body(Outcome<RawResponse> outcome) {
    return new String(response(outcome).body(), StandardCharsets.UTF_8);
  }

  static NoResponse<?> noResponse(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(NoResponse.class);
    return (NoResponse<?>) outcome;
  }
}
