package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run that this process holds, until its lease ends or it lets the run go.
 *
 * @param run what the run was started with
 * @param epoch how often it has been taken, which every write asks for
 * @param failures how often in a row its body has thrown outside of its steps
 * @param now the time when it was taken, by the log's clock
 * @param takeovers how often in a row it was taken from a process that had died, without a new step
 * @param cancelReason why it is to be cancelled; null when nobody has asked for it
 */
public record HeldRun(
    NewRun run,
    long epoch,
    int failures,
    Instant now,
    int takeovers,
    @Nullable String cancelReason) {

  /** Refuses null where it is not allowed. */
  public HeldRun {
    requireNonNull(run, "run");
    requireNonNull(now, "now");
  }

  /** Returns the run. */
  public RunId id() {
    return run.id();
  }

  /** Returns the run and its epoch. The reason is left out: it may be secret. */
  @Override
  public String toString() {
    return "HeldRun[" + id() + ", epoch " + epoch + "]";
  }
}
