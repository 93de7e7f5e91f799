package io.w7s.sdk.local;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.spi.TransportProvider;

/**
 * Makes the transport for {@link W7sConfig.Mode#LOCAL}: the platform in this JVM, and other apps at
 * the URLs that the configuration gives for them.
 *
 * <p>Queues deliver as the platform's do: at least once, in batches of up to 10 that are
 * acknowledged as a whole, after a delay of up to a day, with 3 retries 10 s apart, and then no
 * more. A workflow start returns at once, the instance runs in the background, and is retried. What
 * is different:
 *
 * <ul>
 *   <li>What was sent and started is kept in the sender's memory until it is delivered, and is lost
 *       when the JVM ends. {@link LocalTransport#close()} waits for what is due.
 *   <li>A message does not wait for others to fill a batch. A delivery ends after 300 s.
 *   <li>An app whose manifest is given ({@code w7s.local.manifests}) is held to it: to its queues,
 *       workflows and allow lists. Any other has each queue and workflow that is asked of it, and
 *       lets everybody in. There are no limits a day or a minute.
 *   <li>The schedules of this app's own manifest fire against its own URL; those of other apps fire
 *       where those run.
 *   <li>An event goes to the router app of the configuration, by RPC to its {@code /publish}. Where
 *       none is set it goes to the queues that the given manifests subscribe to its subject.
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

  /** Makes a {@link LocalTransport} with the defaults. Thread-safe. */
  @Override
  public Transport create(W7sConfig config, TimeSource time) {
    return LocalTransport.builder(config).time(time).build();
  }
}
