package io.w7s.sdk.step;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A run that this process holds, until its lease ends or it lets the run go.
 *
 * @param run what the run was started with
 * @param epoch how often it has been taken, which every write asks for
 * @param failures how often in a row its body has thrown outside of its steps
 * @param now the time when it was taken, by the log's clock
 */
public record HeldRun(NewRun run, long epoch, int failures, Instant now) {

  /** Refuses null. */
  public HeldRun {
    requireNonNull(run, "run");
    requireNonNull(now, "now");
  }

  /** Returns the run. */
  public RunId id() {
    return run.id();
  }
}
