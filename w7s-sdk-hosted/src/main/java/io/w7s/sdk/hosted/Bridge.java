package io.w7s.sdk.hosted;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.call.CallExceptions;
import io.w7s.sdk.internal.config.Setting;
import io.w7s.sdk.okhttp.Exchange;
import io.w7s.sdk.okhttp.HttpAttempts;
import io.w7s.sdk.okhttp.Requests;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Signed calls to the bridge of the app, for what only a backend on the platform is bound to: its
 * KV namespaces, R2 buckets and D1 databases. The stores on them take one:
 *
 * <pre>{@code
 * Bridge bridge = Bridge.of(W7sConfig.load());
 * BlobStore blobs = R2BlobStore.of(bridge, "FILES");
 * }</pre>
 *
 * <p>Thread-safe. No connection is opened before the first call. Close it after the stores that use
 * it.
 */
public final class Bridge implements AutoCloseable {

  /** How long a call may take, unless another time is set. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  /** The largest response, a little more than the largest body that a bridge takes by default. */
  private static final int MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

  private static final Duration LONGEST_IDLE = Duration.ofSeconds(50);

  private final AppId app;
  private final BridgeEndpoint endpoint;
  private final HttpAttempts http;
  private final Duration timeout;
  private final TimeSource time;

  private Bridge(Builder builder) {
    if (builder.config.bridgeUrl().isEmpty()) {
      throw new ConfigurationException(
          "No bridge: set %s to the public URL of the app.".formatted(Setting.BRIDGE_URL));
    }
    app = builder.config.app();
    time = builder.time;
    timeout = builder.timeout;
    endpoint = new BridgeEndpoint(builder.config, time);
    OkHttpClient client = builder.client;
    http =
        client == null
            ? HttpAttempts.ofOwnClient(
                "w7s-bridge", LONGEST_IDLE, endpoint::configured, time, MAX_RESPONSE_BYTES)
            : HttpAttempts.over(
                endpoint.configured(client.newBuilder()).build(), time, MAX_RESPONSE_BYTES);
  }

  /**
   * Returns the bridge of a configuration.
   *
   * @throws ConfigurationException when it has no URL or no secret of a bridge
   */
  public static Bridge of(W7sConfig config) {
    return builder(config).build();
  }

  /** Begins a bridge with the URL and the secret of a configuration. */
  public static Builder builder(W7sConfig config) {
    return new Builder(config);
  }

  /**
   * Makes one signed call, without a retry.
   *
   * @param method the HTTP method, in upper case
   * @param path the path behind {@code /_w7s/bridge}, percent-encoded, such as {@code /r2/FILES} or
   *     {@code /health}
   * @param query percent-encoded; empty for none
   * @param body empty for none
   * @return what the bridge found there, with its status: 2xx, or 404 where there is nothing with a
   *     key
   * @throws io.w7s.sdk.error.StatusException when the bridge refused the call, for example because
   *     the app has no such binding; nothing was passed on
   * @throws io.w7s.sdk.error.TransportException when no response came, or the bridge or the binding
   *     failed; whether the call had its effect is unknown
   * @throws InvalidInputException when the path or query cannot be sent as it is
   */
  public RawResponse call(String method, String path, String query, byte[] body) {
    String target = BridgeEndpoint.PATH + requireNonNull(path, "path");
    var call =
        new RpcCall(
            app,
            requireNonNull(method, "method"),
            target,
            target,
            requireNonNull(query, "query"),
            Headers.none(),
            body.length == 0 ? null : RawBody.of("application/octet-stream", body),
            true);
    HttpUrl url = endpoint.url(path, query);
    if (url == null || !path.startsWith("/") || Requests.objection(call) != null) {
      throw new InvalidInputException(
          "call of the bridge",
          method + " " + path,
          "a path that begins with a slash and can be sent unchanged");
    }
    Request request = Requests.rpc(call, url, Headers.none()).build();
    var origin = new ResponseOrigin(endpoint.name(), request);
    Outcome<RawResponse> outcome =
        http.isClosed()
            ? HttpAttempts.closedBefore()
            : http.execute(
                new Exchange<>(call, request, endpoint.name(), response -> read(response, origin)),
                timeout);
    if (outcome instanceof Outcome.Success<RawResponse> success) {
      return success.result();
    }
    throw CallExceptions.of(call, outcome, 1, time.now());
  }

  private Outcome<RawResponse> read(RawResponse response, ResponseOrigin from) {
    Outcome<RawResponse> withoutPlatform = endpoint.withoutPlatform(response, from);
    return withoutPlatform == null ? Outcome.success(response) : withoutPlatform;
  }

  /**
   * Ends the calls under way and closes the connections. A client of your own stays open. Closing
   * twice does nothing.
   */
  @Override
  public void close() {
    http.close();
  }

  /** Sets up a bridge. Not thread-safe. */
  public static final class Builder {

    private final W7sConfig config;
    private @Nullable OkHttpClient client;
    private TimeSource time = TimeSource.system();
    private Duration timeout = DEFAULT_TIMEOUT;

    private Builder(W7sConfig config) {
      this.config = requireNonNull(config, "config");
    }

    /**
     * Sets the client to call with, which stays yours to close; as {@link
     * HostedTransport.Builder#client}. Default: a client of the bridge's own.
     */
    public Builder client(OkHttpClient client) {
      this.client = requireNonNull(client, "client");
      return this;
    }

    /** Sets the clock that dates signatures. Default {@link TimeSource#system()}. */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /**
     * Sets how long a call may take. Default {@link #DEFAULT_TIMEOUT}.
     *
     * @throws InvalidInputException when it is not positive
     */
    public Builder timeout(Duration timeout) {
      requireNonNull(timeout, "timeout");
      if (timeout.isNegative() || timeout.isZero()) {
        throw new InvalidInputException("timeout", timeout.toString(), "more than 0");
      }
      this.timeout = timeout;
      return this;
    }

    /**
     * Returns the bridge.
     *
     * @throws ConfigurationException when the configuration has no URL or no secret of a bridge
     */
    public Bridge build() {
      return new Bridge(this);
    }
  }
}
