package io.w7s.sdk.hosted;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.okhttp.HttpAttempts;
import io.w7s.sdk.okhttp.HttpTransport;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Calls the platform over HTTPS, with a token for each kind of call. Found by itself for {@link
 * W7sConfig.Mode#HOSTED}; make one by hand to bring an {@link OkHttpClient} of your own:
 *
 * <pre>{@code
 * W7s w7s =
 *     W7s.builder(config)
 *         .transport(HostedTransport.builder(config).client(okHttp).build())
 *         .build();
 * }</pre>
 *
 * <ul>
 *   <li>Each attempt is one request: OkHttp neither repeats it, nor follows a redirect, nor answers
 *       from a cache.
 *   <li>An RPC's path and query are sent as they are; where an HTTP client would change them, as
 *       with a {@code .} or {@code ..} segment, the call is refused with status 501. So is a GET or
 *       HEAD with a body.
 *   <li>What comes back is the platform's refusal where status and shape both say so. Any other
 *       answer to an RPC is the target's own. Any other answer to the other calls, such as the page
 *       of a proxy on the way, is no answer.
 *   <li>Events go to the platform's events endpoint, or, where the configuration names an {@link
 *       W7sConfig#eventRouter() event router}, by RPC to that app's {@code /publish}.
 *   <li>HTTP/2 is spoken where the platform offers it over TLS. Ending an attempt closes its
 *       connection, or with HTTP/2 its stream.
 *   <li>Up to 1,024 async calls run at a time; others wait for their turn, within their timeout.
 * </ul>
 *
 * <p>Thread-safe. No connection is opened before the first call.
 */
public final class HostedTransport implements Transport {

  /** Most edges and proxies keep an idle connection for at least a minute. */
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(50);

  private final HttpTransport http;

  private HostedTransport(HttpTransport http) {
    this.http = http;
  }

  /** Begins a transport with the URL, the tokens and the event router of a configuration. */
  public static Builder builder(W7sConfig config) {
    return new Builder(config);
  }

  @Override
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    return http.execute(operation, context);
  }

  @Override
  public <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    return http.executeAsync(operation, context);
  }

  @Override
  public Outcome<RpcStream> stream(RpcCall call, CallContext context) {
    return http.stream(call, context);
  }

  /**
   * Ends the attempts under way and closes the connections and threads; a client that was handed in
   * stays open. Closing twice does nothing.
   */
  @Override
  public void close() {
    http.close();
  }

  /** Puts a transport together. Not thread-safe. */
  public static final class Builder {

    private final W7sConfig config;
    private TimeSource time = TimeSource.system();
    private @Nullable OkHttpClient client;
    private int maxResponseBytes = 10 * 1024 * 1024;

    private Builder(W7sConfig config) {
      this.config = config;
    }

    /**
     * Sets the client whose proxy, TLS, DNS, connection pool, dispatcher, interceptors and event
     * listeners are used. It stays the caller's to close. Its timeouts, cache, cookies and
     * redirects are not used; the limits of its dispatcher hold for async calls, and its pool
     * should keep as many idle connections as there are calls at a time. Default: a client of the
     * transport's own.
     */
    public Builder client(OkHttpClient client) {
      this.client = client;
      return this;
    }

    /**
     * Sets the clock for dates that the platform sends, and for what is logged. Default {@link
     * TimeSource#system()}.
     */
    public Builder time(TimeSource time) {
      this.time = time;
      return this;
    }

    /**
     * Sets the most that is kept of an answer's body, in bytes; an answer beyond is a {@link
     * io.w7s.sdk.error.TransportException}, for which {@link io.w7s.sdk.rpc.RpcClient} can stream.
     * Default 10 MiB.
     *
     * @throws InvalidInputException when it is not positive
     */
    public Builder maxResponseBytes(int maxResponseBytes) {
      if (maxResponseBytes <= 0 || maxResponseBytes == Integer.MAX_VALUE) {
        throw new InvalidInputException(
            "maxResponseBytes", "" + maxResponseBytes, "1 to " + (Integer.MAX_VALUE - 1));
      }
      this.maxResponseBytes = maxResponseBytes;
      return this;
    }

    /**
     * Returns the transport.
     *
     * @throws io.w7s.sdk.error.ConfigurationException when the platform's URL cannot be called
     */
    public HostedTransport build() {
      var calls =
          new PlatformRequests(
              new DirectEndpoint(config),
              new PlatformResponses(time),
              config.eventRouter().orElse(null));
      HttpAttempts attempts =
          client == null
              ? HttpAttempts.ofOwnClient(
                  "w7s-hosted", LONGEST_IDLE, own -> own, time, maxResponseBytes)
              : HttpAttempts.over(client, time, maxResponseBytes);
      return new HostedTransport(new HttpTransport(calls, attempts));
    }
  }
}
