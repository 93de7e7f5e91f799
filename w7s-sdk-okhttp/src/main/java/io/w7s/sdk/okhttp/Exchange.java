package io.w7s.sdk.okhttp;

import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import java.util.function.Function;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * A request, and what its answer means.
 *
 * @param operation what it is for
 * @param http what is sent
 * @param whom whom it goes to, as messages name it
 * @param reader reads the far side's answer, whatever its status
 * @param advice what a message adds where the far side is not reachable: {@code ": start it there"}
 * @param <R> what the operation results in
 */
public record Exchange<R>(
    Operation<R> operation,
    Request http,
    String whom,
    Function<RawResponse, Outcome<R>> reader,
    Supplier<String> advice)
    implements HttpOperation<R> {

  /** An exchange without advice. */
  public Exchange(
      Operation<R> operation, Request http, String whom, Function<RawResponse, Outcome<R>> reader) {
    this(operation, http, whom, reader, () -> "");
  }

  /** Returns whom it goes to and where. */
  String where() {
    return shown(whom, http.url());
  }

  /** Returns somebody and a URL for a message, without the query, for it may hold secrets. */
  public static String shown(String whom, HttpUrl url) {
    return whom + " at " + url.newBuilder().query(null).build();
  }
}
