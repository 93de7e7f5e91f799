package io.w7s.sdk.hosted;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Where the platform is reached, and how it is told who calls. Thread-safe. */
interface Endpoint {

  /**
   * Returns the bridge where the configuration has one, else the platform itself.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when its URL cannot be called
   */
  static Endpoint of(W7sConfig config, TimeSource time) {
    return config.bridgeUrl().isPresent()
        ? new BridgeEndpoint(config, time)
        : new DirectEndpoint(config);
  }

  /** Returns what messages call it. */
  String name();

  /**
   * Returns the URL of a path of the platform's API; null where it cannot be sent as it is.
   *
   * @param path percent-encoded, with its leading slash
   * @param query percent-encoded; empty for none
   */
  @Nullable HttpUrl url(String path, String query);

  /**
   * Returns a request that can say who calls.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when there is no proof of this kind
   */
  Request request(Token kind, Request.Builder request);

  /** Adds to a client what each request needs while it is sent. */
  OkHttpClient.Builder configured(OkHttpClient.Builder client);

  /**
   * Returns the outcome of a response that is neither the platform's nor that of an RPC's target;
   * null where it can be one of these.
   */
  <R> @Nullable Outcome<R> withoutPlatform(RawResponse response, ResponseOrigin from);

  /**
   * Returns the outcome of a successful response whose body is still to be read: itself, or a
   * failure where it is neither the platform's nor that of an RPC's target. Then it is closed.
   */
  Outcome<RpcStream> opened(RpcStream response);
}
