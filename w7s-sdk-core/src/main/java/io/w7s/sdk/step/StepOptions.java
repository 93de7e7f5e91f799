package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.retry.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The options of a step. Not thread-safe. */
public final class StepOptions {

  /**
   * The retries of a step that sets none: at most 5 attempts, with waits that double from a second
   * to five minutes, half of each left to chance.
   */
  public static final RetryPolicy DEFAULT_RETRY =
      RetryPolicy.standard()
          .maxAttempts(5)
          .backoff(Backoff.exponential(Duration.ofSeconds(1), Duration.ofMinutes(5)));

  private @Nullable RetryPolicy retry;
  private @Nullable Duration timeout;
  private boolean atMostOnce;

  /** Starts from the defaults. The steps call this. */
  public StepOptions() {}

  /**
   * Sets how often the action runs while it fails, and how long the run waits before. The waits are
   * in the log, so they may take days and outlive the process. Default {@link #DEFAULT_RETRY}.
   *
   * @throws InvalidInputException when there is more than one attempt, and the action is to run
   *     {@linkplain #atMostOnce at most once}
   */
  public StepOptions retry(RetryPolicy retry) {
    this.retry = requireNonNull(retry, "retry");
    refuseRetriesOfOnce();
    return this;
  }

  /**
   * Sets how long one attempt of the action may take. Then its thread is interrupted; when the
   * action ends, whatever it returns or throws, the attempt has failed. An action that ignores
   * interrupts goes on. Default: no limit.
   *
   * @throws InvalidInputException when it is not positive
   */
  public StepOptions timeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new InvalidInputException("step timeout", timeout.toString(), "positive");
    }
    this.timeout = timeout;
    return this;
  }

  /**
   * Has the action run at most once, whatever happens. It is never retried. When the process ends
   * before it is known how the action ended, or its result cannot be kept, the step ends with a
   * {@link StepInterruptedException}. Such a step takes two writes. By default an action runs at
   * least once: again when it failed, or when its process ended before the result was in the log.
   *
   * @throws InvalidInputException when there is a {@link #retry} with more than one attempt
   */
  public StepOptions atMostOnce() {
    atMostOnce = true;
    refuseRetriesOfOnce();
    return this;
  }

  private void refuseRetriesOfOnce() {
    if (atMostOnce && retry != null && retry.maxAttempts() > 1) {
      throw new InvalidInputException(
          "step retry", retry.maxAttempts() + " attempts, at most once", "one or the other");
    }
  }

  /** Returns how often the action runs while it fails. */
  public RetryPolicy retry() {
    return retry == null ? DEFAULT_RETRY : retry;
  }

  /** Returns how long one attempt may take; empty for no limit. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  /** Returns whether the action runs at most once. */
  public boolean isAtMostOnce() {
    return atMostOnce;
  }
}
