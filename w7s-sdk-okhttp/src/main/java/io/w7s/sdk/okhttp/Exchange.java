package io.w7s.sdk.okhttp;

import io.w7s.sdk.internal.text.Secrets;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import java.util.function.Function;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * An HTTP request and the meaning of its response.
 *
 * @param operation the operation that the request stands for
 * @param http the request
 * @param server the server's name in messages, for example {@code the platform}
 * @param reader turns any response of the server, whatever its status, into an outcome; it depends
 *     on nothing but the response
 * @param advice returns what a message adds where the server is not reachable, for example {@code
 *     ": start it there"}
 * @param <R> the operation's result
 */
public record Exchange<R>(
    Operation<R> operation,
    Request http,
    String server,
    Function<RawResponse, Outcome<R>> reader,
    Supplier<String> advice)
    implements HttpOperation<R> {

  /** An exchange without advice. */
  public Exchange(
      Operation<R> operation,
      Request http,
      String server,
      Function<RawResponse, Outcome<R>> reader) {
    this(operation, http, server, reader, () -> "");
  }

  /** Returns the server and its URL. */
  String where() {
    return shown(server, http.url());
  }

  /** Returns a server and its URL for a message, without the query, which may hold secrets. */
  public static String shown(String server, HttpUrl url) {
    return server + " at " + url.newBuilder().query(null).build();
  }

  /** Returns the secrets of the request. */
  Secrets secrets() {
    return secrets(http);
  }

  /** Returns the secrets of a request: what its secret headers and parameters hold. */
  public static Secrets secrets(Request request) {
    var secrets = new Secrets();
    request.headers().forEach(header -> secrets.addHeader(header.getFirst(), header.getSecond()));
    return secrets.addQuery(request.url().encodedQuery());
  }

  /** Returns the operation's text; the request's would show secrets. */
  @Override
  public String toString() {
    return "Exchange[" + operation.name() + " with " + where() + "]";
  }
}
