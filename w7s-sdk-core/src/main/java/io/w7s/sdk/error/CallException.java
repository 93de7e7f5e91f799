package io.w7s.sdk.error;

import io.w7s.sdk.internal.error.FailedCall;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that did not succeed:
 *
 * <ul>
 *   <li>{@link StatusException}: the platform refused it.
 *   <li>{@link RpcFailedException}: the RPC target responded with a failure.
 *   <li>{@link TransportException}: no usable response came back.
 *   <li>{@link EventDeliveryException}: an event did not reach all of its subscribers.
 *   <li>{@link WorkflowFailedException}: the workflow execution that the call waited for did not
 *       complete.
 *   <li>{@link RunNotFoundException}, {@link RunEndedException}: the durable run that the call is
 *       for is not there, or has ended.
 *   <li>{@link BlobUploadException}: the body of a large message could not be stored, and nothing
 *       was sent.
 * </ul>
 *
 * <p>Later versions may add to these, so a {@code switch} over them needs a default. Only the SDK
 * creates exceptions of this type.
 */
public abstract non-sealed class CallException extends W7sException {

  private static final long serialVersionUID = 1L;

  private final FailedCall call;

  CallException(FailedCall call, String reason, @Nullable Throwable cause) {
    super(
        call + " " + reason + (call.retryAt() == null ? "" : "; retry at " + call.retryAt()),
        cause);
    this.call = call;
  }

  /** Returns the kind of call, for example {@code queue send}. */
  public String operation() {
    return call.operation();
  }

  /** Returns the called app and its part, for example {@code acme/worker/jobs}. */
  public String target() {
    return call.target();
  }

  /** Returns the number of attempts, at least 1. */
  public int attempts() {
    return call.attempts();
  }

  /**
   * Returns whether the same call can succeed later without harm. It is false for a refusal that
   * will not change, and for a failure after which another call could do the work twice.
   */
  public boolean retryable() {
    return call.retryable();
  }

  /** Returns how long the response asked to wait, up to a day; empty when it did not say. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(call.retryAfter());
  }

  /**
   * Returns the instant at which that wait ends, by the caller's clock; empty when the response did
   * not say.
   */
  public Optional<Instant> retryAt() {
    return Optional.ofNullable(call.retryAt());
  }
}
