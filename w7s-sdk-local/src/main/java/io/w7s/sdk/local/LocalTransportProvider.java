package io.w7s.sdk.local;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.spi.TransportProvider;

/**
 * Makes the transport for {@link W7sConfig.Mode#LOCAL}: a platform in this JVM, and other apps at
 * the URLs of the configuration.
 *
 * <p>Queues deliver as the platform's queues do: at least once, in batches of up to 10 that are
 * acknowledged as a whole, after a delay of up to a day, with 3 retries 10 s apart, and then no
 * more. A workflow start returns at once; the instance runs in the background and is retried. The
 * differences to the platform are:
 *
 * <ul>
 *   <li>What was sent and started is kept in the sender's memory until it is delivered, and is lost
 *       when the JVM ends. {@link LocalTransport#close()} waits for deliveries that are due. With
 *       {@code w7s.local.store} messages are kept in a file, too, and are delivered by the next JVM
 *       that uses it; workflow instances and dead letters are not.
 *   <li>A message does not wait for others to fill a batch. A delivery ends after 300 s.
 *   <li>An app whose manifest is configured ({@code w7s.local.manifests}) has only the queues,
 *       workflows and callers that the manifest allows. Any other app has every queue and workflow
 *       that is asked for, and admits every caller. There are no limits per day or minute.
 *   <li>The schedules of this app's own manifest fire at its own URL; those of other apps fire
 *       where those apps run.
 *   <li>An event goes to the configured router app, by RPC to its path {@code /publish}. Without
 *       one it goes to the queues whose configured manifests subscribe to its subject.
 *   <li>An RPC's path is sent unchanged. A path with a {@code .} or {@code ..} segment or a
 *       backslash is refused with status 501, because an HTTP client would change it. As on the
 *       platform, the target gets neither {@code authorization} nor the {@code host} and {@code
 *       x-w7s-rpc*} headers of the caller.
 *   <li>Where the settings have a secret ({@code w7s.bridge.secret}), what is sent is signed as the
 *       bridge signs it, except for a stream and for a path that cannot be signed.
 *   <li>Responses of more than 10 MiB are not read; whether the request was delivered is then
 *       unknown.
 * </ul>
 *
 * <p>A call to an app without a URL throws a {@link io.w7s.sdk.error.ConfigurationException}. A
 * call to an app that is not reachable has no response and was not delivered. When no response
 * comes after the request began to be written, it is unknown whether it was delivered. Up to 1,024
 * async calls run at a time; further ones wait for their turn, within their timeout.
 */
public final class LocalTransportProvider implements TransportProvider {

  /** Called by {@link java.util.ServiceLoader}. */
  public LocalTransportProvider() {}

  @Override
  public W7sConfig.Mode mode() {
    return W7sConfig.Mode.LOCAL;
  }

  /** Makes a {@link LocalTransport} with the defaults. Thread-safe. */
  @Override
  public Transport create(W7sConfig config, TimeSource time) {
    return LocalTransport.builder(config).time(time).build();
  }
}
