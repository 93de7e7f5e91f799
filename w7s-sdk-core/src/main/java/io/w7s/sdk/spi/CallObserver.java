package io.w7s.sdk.spi;

import java.time.Duration;

/**
 * Observes one call. A call ends with exactly one of {@link #succeeded} and {@link #failed}, also
 * when its body cannot be encoded, its response cannot be decoded, or its future is cancelled.
 *
 * <p>Called by one thread at a time: the caller's, and for async calls one of the transport or of
 * {@link TimeSource#executor()}. Only a caller that cancels a future may end the call while another
 * method is still running. No method is called after the end.
 */
public interface CallObserver {

  /** Observes nothing. */
  CallObserver NONE = new CallObserver() {};

  /**
   * Called when an attempt would exceed the rate limit of the platform. What happens to it then is
   * up to the {@link io.w7s.sdk.retry.Pacing}. Never called when pacing is off.
   *
   * @param excess how long the attempt would have to wait to stay within the limit
   */
  default void throttled(Duration excess) {}

  /**
   * Called before an attempt is sent.
   *
   * @param attempt the number of the attempt, from 1
   */
  default void attempting(int attempt) {}

  /**
   * Called when an attempt has an outcome. Not called when the transport could not even begin
   * because a setting is missing: the call fails then.
   *
   * @param attempt the number of the attempt, from 1
   * @param outcome its outcome; the bodies and headers in it may be secret
   */
  default void attempted(int attempt, Outcome<?> outcome) {}

  /**
   * Called after an attempt that will be retried.
   *
   * @param attempt the number of the attempt that failed, from 1
   * @param delay how long the call waits before the next attempt
   */
  default void retrying(int attempt, Duration delay) {}

  /**
   * Called when the call has its result.
   *
   * @param attempts how many attempts it took, at least 1
   * @param took how long the call took, including waits and retries
   */
  default void succeeded(int attempts, Duration took) {}

  /**
   * Called when the call has failed for good.
   *
   * @param failure what the caller gets: in most cases a {@link io.w7s.sdk.error.W7sException}, a
   *     {@link java.util.concurrent.CancellationException} when the future was cancelled, or
   *     whatever a codec or a transport threw
   * @param attempts how many attempts were made; 0 when nothing was sent
   * @param took how long the call took, including waits and retries
   */
  default void failed(Throwable failure, int attempts, Duration took) {}
}
