package io.w7s.sdk.okhttp;

import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.internal.text.Ascii;
import io.w7s.sdk.spi.Operation.RpcCall;
import java.util.Set;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** The SDK's operations as requests of OkHttp. */
public final class Requests {

  /** Why a path or query that {@link HttpBase#at} does not take is refused. */
  public static final String CHANGED_ON_THE_WAY =
      "a path with a . or .. segment, a backslash or another character that URLs do not have"
          + " cannot be sent unchanged";

  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD");
  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
  private static final String USER_AGENT = "user-agent";
  private static final Headers ACCEPT_JSON = Headers.of("accept", "application/json");
  private static final Headers JSON = ACCEPT_JSON.with("content-type", "application/json");

  private Requests() {}

  /** Returns a POST of JSON for a JSON response, whatever the headers say of either. */
  public static Request.Builder post(HttpUrl url, Headers headers, byte[] json) {
    return builder(url, headers, JSON).post(RequestBody.create(json));
  }

  /** Returns a GET for a JSON response, whatever the headers say of it. */
  public static Request.Builder get(HttpUrl url, Headers headers) {
    return builder(url, headers, ACCEPT_JSON);
  }

  /** Returns an RPC with the caller's headers, and further ones that the caller has no say in. */
  public static Request.Builder rpc(RpcCall call, HttpUrl url, Headers headers) {
    return builder(url, call.headers(), headers).method(call.method(), body(call));
  }

  /** Returns why an RPC cannot be sent, wherever it goes; null where it can. */
  public static @Nullable String objection(RpcCall call) {
    return call.body() != null && WITHOUT_BODY.contains(call.method())
        ? "a " + call.method() + " with a body cannot be sent"
        : null;
  }

  private static @Nullable RequestBody body(RpcCall call) {
    RawBody body = call.body();
    if (body == null) {
      return WITH_BODY.contains(call.method()) ? RequestBody.create(new byte[0]) : null;
    }
    return body.isInMemory() ? RequestBody.create(body.bytes()) : new StreamedRequestBody(body);
  }

  /** Ours are taken where both name a header. */
  private static Request.Builder builder(HttpUrl url, Headers callers, Headers ours) {
    Request.Builder http = new Request.Builder().url(url);
    if (!callers.has(USER_AGENT)) {
      http.header(USER_AGENT, UserAgent.VALUE);
    }
    callers.forEach(
        (name, value) -> {
          if (!ours.has(name)) {
            add(http, name, value);
          }
        });
    ours.forEach((name, value) -> add(http, name, value));
    return http;
  }

  /** Values go out as UTF-8, of which a request's own builder takes only what is ASCII. */
  private static void add(Request.Builder http, String name, String value) {
    if (Ascii.isAll(value)) {
      http.addHeader(name, value);
    } else {
      http.headers(http.build().headers().newBuilder().addUnsafeNonAscii(name, value).build());
    }
  }
}
