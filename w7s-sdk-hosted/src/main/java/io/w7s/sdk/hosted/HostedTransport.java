package io.w7s.sdk.hosted;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.okhttp.HttpAttempts;
import io.w7s.sdk.okhttp.HttpTransport;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Calls the platform over HTTPS: through the bridge of the app where the configuration has {@link
 * W7sConfig#bridgeUrl() one}, with a signature, or else directly, with a token for each kind of
 * call. In {@link W7sConfig.Mode#HOSTED} a {@code W7s} finds it by itself. To use an {@link
 * OkHttpClient} of your own, make it by hand:
 *
 * <pre>{@code
 * W7s w7s =
 *     W7s.builder(config)
 *         .transport(HostedTransport.builder(config).client(okHttp).build())
 *         .build();
 * }</pre>
 *
 * <ul>
 *   <li>Each attempt is one request: OkHttp neither repeats it, nor follows a redirect, nor
 *       responds from a cache. A start of a workflow that the platform refuses with 500 is followed
 *       by a request for the status of the instance: if the instance exists, the start has
 *       succeeded.
 *   <li>The path and the query of an RPC are sent unchanged. An RPC whose path an HTTP client would
 *       change, for example one with a {@code .} or {@code ..} segment, is refused with status 501.
 *       So is a GET or HEAD with a body.
 *   <li>A response is taken for a refusal of the platform where both status and shape are those of
 *       one. Any other response to an RPC is the target's own; any other response to another call,
 *       for example a proxy's page, is a failure after which delivery is unknown. So is a page in
 *       response to an RPC that does not accept pages.
 *   <li>A bridge marks each response. One without a mark comes from something in between, such as a
 *       proxy, and delivery is unknown. A refusal by the bridge itself is a {@code
 *       StatusException}, its failure a {@code TransportException}; both name the bridge. A path
 *       that the bridge would refuse, such as one with {@code //} or {@code %2F}, is refused with
 *       status 400 and not sent. A body that is a stream is read into memory before it is sent, up
 *       to 10 MiB.
 *   <li>Events go to the platform's events endpoint. If the configuration names an {@link
 *       W7sConfig#eventRouter() event router}, they go to {@code /publish} of that app, by RPC.
 *   <li>HTTP/2 is used where the platform offers it over TLS. Ending an attempt closes its
 *       connection, or with HTTP/2 its stream.
 *   <li>If a host has several addresses, the next one is tried after 250 ms without a connection.
 *   <li>Up to 1,024 async calls run at a time. Further calls wait for a thread; the wait counts
 *       towards their timeout.
 * </ul>
 *
 * <p>Thread-safe. No connection is opened before the first call.
 */
public final class HostedTransport implements Transport {

  /** Most edges and proxies keep an idle connection for at least a minute. */
  private static final Duration LONGEST_IDLE = Duration.ofSeconds(50);

  private final Endpoint endpoint;
  private final HttpTransport http;
  private final ExistingInstance existing;
  private final TimeSource time;

  private HostedTransport(
      Endpoint endpoint, HttpTransport http, ExistingInstance existing, TimeSource time) {
    this.endpoint = endpoint;
    this.http = http;
    this.existing = existing;
    this.time = time;
  }

  /** Starts a transport with the URL, the tokens and the event router of a configuration. */
  public static Builder builder(W7sConfig config) {
    return new Builder(config);
  }

  @Override
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    Duration start = time.elapsed();
    Outcome<R> outcome = http.execute(operation, context);
    WorkflowQuery question = existing.question(operation, outcome);
    CallContext rest = question == null ? null : rest(context, start);
    return question == null || rest == null
        ? outcome
        : ExistingInstance.outcome(operation, outcome, http.execute(question, rest));
  }

  @Override
  public <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    Duration start = time.elapsed();
    var result = new CompletableFuture<Outcome<R>>();
    follow(
        result,
        http.executeAsync(operation, context),
        outcome -> {
          WorkflowQuery question = existing.question(operation, outcome);
          CallContext rest = question == null ? null : rest(context, start);
          if (question == null || rest == null) {
            result.complete(outcome);
          } else {
            follow(
                result,
                http.executeAsync(question, rest),
                found -> result.complete(ExistingInstance.outcome(operation, outcome, found)));
          }
        });
    return result;
  }

  /**
   * Hands an outcome on. A failure goes to the result, and the result's end ends what is pending.
   */
  private static <R> void follow(
      CompletableFuture<?> result,
      CompletableFuture<Outcome<R>> pending,
      Consumer<Outcome<R>> next) {
    result.whenComplete((done, failure) -> pending.cancel(true));
    pending.whenComplete(
        (outcome, failure) -> {
          try {
            if (failure != null) {
              result.completeExceptionally(failure);
            } else {
              next.accept(outcome);
            }
          } catch (RuntimeException | Error e) { // whatever it is, the future's owner waits for it
            result.completeExceptionally(e);
          }
        });
  }

  /** Returns the context of a second request in an attempt; null when its time is over. */
  private @Nullable CallContext rest(CallContext context, Duration start) {
    Duration left = context.timeout().minus(time.elapsed().minus(start));
    return left.isNegative() || left.isZero() ? null : new CallContext(context.attempt(), left);
  }

  @Override
  public Outcome<RpcStream> stream(RpcCall call, CallContext context) {
    Outcome<RpcStream> outcome = http.stream(call, context);
    return outcome instanceof Outcome.Success<RpcStream> success
        ? endpoint.opened(success.result())
        : outcome;
  }

  /**
   * Ends the attempts under way and closes the connections and threads. A client of your own stays
   * open. Closing twice does nothing.
   */
  @Override
  public void close() {
    http.close();
  }

  /** Builds a transport. Not thread-safe. */
  public static final class Builder {

    private final W7sConfig config;
    private TimeSource time = TimeSource.system();
    private @Nullable OkHttpClient client;
    private int maxResponseBytes = 10 * 1024 * 1024;

    private Builder(W7sConfig config) {
      this.config = requireNonNull(config, "config");
    }

    /**
     * Sets the client to call with. Its proxy, TLS, DNS, connection pool, dispatcher, interceptors
     * and event listeners are used. Its timeouts, cache, cookies, redirects, authenticator and its
     * setting for fast fallback are not. It stays yours to close. Its dispatcher limits async
     * calls, and its pool should keep as many idle connections as there are calls at a time.
     * Default: a client of the transport's own.
     */
    public Builder client(OkHttpClient client) {
      this.client = requireNonNull(client, "client");
      return this;
    }

    /**
     * Sets the clock that dates in responses are compared with, that dates signatures, and that
     * times attempts for the log. Default {@link TimeSource#system()}.
     */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /**
     * Sets how many bytes of a response's body are kept. A call with a larger response fails with a
     * {@link io.w7s.sdk.error.TransportException}; use {@link io.w7s.sdk.rpc.RpcClient#stream} for
     * such responses. Default 10 MiB.
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
     * @throws io.w7s.sdk.error.ConfigurationException when the URL of the platform or of the bridge
     *     cannot be called, or there is no secret for the bridge
     */
    public HostedTransport build() {
      Endpoint endpoint = Endpoint.of(config, time);
      var requests =
          new PlatformRequests(
              endpoint, new PlatformResponses(time), config.eventRouter().orElse(null));
      HttpAttempts attempts =
          client == null
              ? HttpAttempts.ofOwnClient(
                  "w7s-hosted", LONGEST_IDLE, endpoint::configured, time, maxResponseBytes)
              : HttpAttempts.over(
                  endpoint.configured(client.newBuilder()).build(), time, maxResponseBytes);
      return new HostedTransport(
          endpoint,
          new HttpTransport(requests, attempts),
          new ExistingInstance(config.environment()),
          time);
    }
  }
}
