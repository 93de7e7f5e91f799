package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.W7s;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.retry.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an app runs its durable workflows. Not thread-safe. */
public final class StepSettings {

  /** How long a run is held unless the lease is renewed, by default: 30 seconds. */
  public static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);

  /**
   * How often a body is tried that throws outside of its steps, by default: 4 times, with waits
   * that double from 10 seconds to 5 minutes, half of each left to chance.
   */
  public static final RetryPolicy DEFAULT_RETRY =
      RetryPolicy.standard()
          .maxAttempts(4)
          .backoff(Backoff.exponential(Duration.ofSeconds(10), Duration.ofMinutes(5)));

  /**
   * How often a run is taken from processes that have died without a new step, by default: 10
   * times.
   */
  public static final int DEFAULT_MAX_TAKEOVERS = 10;

  private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

  private Duration lease = DEFAULT_LEASE;
  private RetryPolicy retry = DEFAULT_RETRY;
  private int maxTakeovers = DEFAULT_MAX_TAKEOVERS;
  private @Nullable W7s w7s;
  private @Nullable BlobStore blobs;

  /** Starts from the defaults. The builder of an app calls this. */
  public StepSettings() {}

  /**
   * Sets how long a run is held by a process that does not renew it. A running process renews its
   * leases three times in each. After the death of a process its runs are taken over when their
   * leases end. Default 30 seconds.
   *
   * @throws InvalidInputException when it is shorter than a second
   */
  public StepSettings lease(Duration lease) {
    if (lease.compareTo(SHORTEST_LEASE) < 0) {
      throw new InvalidInputException("lease", lease.toString(), "at least " + SHORTEST_LEASE);
    }
    this.lease = lease;
    return this;
  }

  /**
   * Sets how often a body is tried again that throws outside of its steps. After the last attempt
   * the run fails, and its compensations run. After a wait, or a step that is tried again, it is
   * counted anew. Default {@link #DEFAULT_RETRY}.
   */
  public StepSettings retry(RetryPolicy retry) {
    this.retry = requireNonNull(retry, "retry");
    return this;
  }

  /**
   * Sets the clients with which steps call, send, publish and start. Default: none; then {@link
   * Steps#call} and its like throw an {@link InvalidInputException}.
   *
   * @param w7s the clients of this app; not closed with the app
   */
  public StepSettings w7s(W7s w7s) {
    this.w7s = requireNonNull(w7s, "w7s");
    return this;
  }

  /**
   * Sets where values are stored that are too large for the log: results of steps and of runs,
   * events, and payloads of runs that begin anew, of more than {@link StepLog#MAX_VALUE_BYTES} as
   * JSON; a result has at most {@link StepLog#MAX_RESULT_BYTES}. The log has a reference to them.
   * All processes of the app need the same store.
   *
   * <p>A blob is deleted by its age alone, as runs and their forks share it. So choose an expiry of
   * the store that is longer than a run takes and is kept after that. A run whose blob is not there
   * stays as it is, its error says which step's, and it is tried again after the longest wait of
   * {@link #retry}. A run that has a value in a blob cannot wait for longer than that is kept: such
   * a wait is refused.
   *
   * <p>Default: none; a larger value is refused.
   */
  public StepSettings blobs(BlobStore store) {
    blobs = requireNonNull(store, "store");
    return this;
  }

  /** Returns where values are stored that are too large for the log; empty for nowhere. */
  public Optional<BlobStore> blobs() {
    return Optional.ofNullable(blobs);
  }

  /** Returns how long a run is held by a process that does not renew it. */
  public Duration lease() {
    return lease;
  }

  /** Returns how often a body is tried that throws outside of its steps. */
  public RetryPolicy retry() {
    return retry;
  }

  /**
   * Sets how often in a row a run is taken from a process that has died, without a new step in its
   * log. At the last time it fails, and its body does not run: something in it may end its process,
   * and would end this one, too. Its compensations do not run either. {@code W7sApp.runs()} has it
   * tried again, in its compensations if it was there. From the second time on it runs alone in a
   * {@code WorkflowRunner} for the time of a lease; with less than 3 the runs that were beside it
   * may be given up as well. Default {@link #DEFAULT_MAX_TAKEOVERS}.
   *
   * @throws InvalidInputException when it is less than 1
   */
  public StepSettings maxTakeovers(int maxTakeovers) {
    if (maxTakeovers < 1) {
      throw new InvalidInputException("maxTakeovers", String.valueOf(maxTakeovers), "at least 1");
    }
    this.maxTakeovers = maxTakeovers;
    return this;
  }

  /** Returns how often in a row a run is taken from a process that has died. */
  public int maxTakeovers() {
    return maxTakeovers;
  }

  /** Returns the clients of the steps; empty for none. */
  public Optional<W7s> w7s() {
    return Optional.ofNullable(w7s);
  }
}
