package io.w7s.sdk.local;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.okhttp.HttpTransport;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.spi.TransportProvider;

/**
 * Makes the transport for {@link W7sConfig.Mode#LOCAL}: it calls other apps over HTTP, at the URLs
 * that the configuration gives for them. What it does differently from the platform:
 *
 * <ul>
 *   <li>A queue send is one delivery of one message, made while the caller waits: the consumer's
 *       2xx is the receipt, anything else a refusal. There is no batching, no retry and no delay; a
 *       delay is refused with status 501.
 *   <li>A workflow start runs the workflow while the caller waits, once; the instance is complete
 *       or errored when the start returns. The newest 1,000 instances can be asked for; the start
 *       of one that is known returns it as it is.
 *   <li>An event goes to the router app of the configuration, by RPC to its {@code /publish}.
 *   <li>An RPC's path is sent as it is, except that a path with a {@code .} or {@code ..} segment
 *       or a backslash is refused with status 501: an HTTP client would change it. As on the
 *       platform the target gets neither {@code authorization} nor the caller's own idea of {@code
 *       host} and the {@code x-w7s-rpc*} headers.
 *   <li>Answers of more than 10 MiB are not read; whether the request was delivered is then
 *       unknown.
 * </ul>
 *
 * <p>An app that has no URL is a {@link io.w7s.sdk.error.ConfigurationException}. One that cannot
 * be reached is no answer, with nothing delivered. Once the request is being written and no answer
 * comes, it is unknown whether it was delivered. Up to 1,024 async calls run at a time; others wait
 * for their turn, within their timeout.
 */
public final class LocalTransportProvider implements TransportProvider {

  /** For {@link java.util.ServiceLoader}. */
  public LocalTransportProvider() {}

  @Override
  public W7sConfig.Mode mode() {
    return W7sConfig.Mode.LOCAL;
  }

  /** Makes a transport, which opens no connection before its first call. Thread-safe. */
  @Override
  public Transport create(W7sConfig config, TimeSource time) {
    return new HttpTransport(new LocalDelivery(config, time), LocalHttp.open(time));
  }
}
