package io.w7s.sdk.internal.step;

import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.StepLog;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews the lease of a run until it is closed, three times in each lease. */
final class LeaseRenewal {

  private static final Logger log = LoggerFactory.getLogger(LeaseRenewal.class);
  private static final int RENEWALS_PER_LEASE = 3;

  private final StepLog steps;
  private final TimeSource time;
  private final HeldRun run;
  private final Duration lease;
  private final Runnable lost;
  private @Nullable CompletableFuture<Void> timer;
  private boolean closed;

  /**
   * Begins.
   *
   * @param lost called when another process has taken the run
   */
  LeaseRenewal(StepLog steps, HeldRun run, Duration lease, Runnable lost) {
    this.steps = steps;
    this.time = steps.time();
    this.run = run;
    this.lease = lease;
    this.lost = lost;
    renewLater();
  }

  private synchronized void renewLater() {
    if (closed) {
      return;
    }
    CompletableFuture<Void> next = time.after(lease.dividedBy(RENEWALS_PER_LEASE));
    timer = next;
    next.thenRunAsync(this::renew, time.executor())
        .exceptionally(
            noThread -> {
              if (!next.isCancelled()) {
                logFailed(noThread);
                renewLater();
              }
              return null;
            });
  }

  private void logFailed(Throwable why) { // the next time may be in time
    log.warn("the lease of {} could not be renewed: {}", run.id(), Failures.text(why));
  }

  private void renew() {
    try {
      if (!steps.renew(run, lease)) {
        lost.run();
        return;
      }
    } catch (Throwable unreachable) {
      logFailed(unreachable);
    }
    renewLater();
  }

  synchronized void close() {
    closed = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
