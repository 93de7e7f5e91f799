package io.w7s.sdk;

import io.w7s.sdk.retry.RetryPolicy;
import java.time.Duration;

/**
 * Lets the options of each kind of call be written in one breath: {@code
 * send.delay(...).timeout(...)}. Immutable, like all options: each method returns a changed copy.
 *
 * @param <S> the options themselves
 */
public interface HasCallOptions<S> {

  /** Returns the part that every call has. */
  CallOptions call();

  /** Returns these options with another such part. */
  S call(CallOptions call);

  /** Sets a header; see {@link CallOptions#header}. */
  default S header(String name, String value) {
    return call(call().header(name, value));
  }

  /** Sets how long the whole call may take, retries included. Default 30 s. */
  default S timeout(Duration timeout) {
    return call(call().timeout(timeout));
  }

  /** Sets how long each attempt may take. Default 10 s. */
  default S attemptTimeout(Duration attemptTimeout) {
    return call(call().attemptTimeout(attemptTimeout));
  }

  /** Sets how often a failed attempt is tried again. Default {@link RetryPolicy#standard()}. */
  default S retry(RetryPolicy retry) {
    return call(call().retry(retry));
  }

  /**
   * Says that the work may be done twice, because doing it again does no harm. A call of which it
   * is not known whether it was delivered is then tried again; without this it fails at once.
   */
  default S allowDuplicates() {
    return call(call().allowDuplicates());
  }
}
