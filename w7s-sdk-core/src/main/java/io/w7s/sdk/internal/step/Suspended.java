package io.w7s.sdk.internal.step;

import io.w7s.sdk.json.RawJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Leaves a body that cannot go on now. An {@code Error}, so that bodies do not catch it by chance.
 */
final class Suspended extends Error {

  private static final long serialVersionUID = 1L;

  private final @Nullable Instant dueAt;
  private final @Nullable String event;
  private final boolean interrupted;
  private final transient @Nullable RawJson payload;

  private Suspended(
      String why, @Nullable Instant dueAt, @Nullable String event, boolean interrupted) {
    this(why, dueAt, event, interrupted, null);
  }

  private Suspended(
      String why,
      @Nullable Instant dueAt,
      @Nullable String event,
      boolean interrupted,
      @Nullable RawJson payload) {
    super("let this pass: " + why, null, false, false);
    this.payload = payload;
    this.dueAt = dueAt;
    this.event = event;
    this.interrupted = interrupted;
  }

  /** The run waits. */
  static Suspended until(Instant dueAt) {
    return new Suspended("the run waits until " + dueAt, dueAt, null, false);
  }

  /** The run waits for an event. */
  static Suspended forEvent(String event, Instant dueAt) {
    return new Suspended(
        "the run waits for event " + event + " until " + dueAt, dueAt, event, false);
  }

  /** The thread was interrupted. */
  static Suspended interrupted() {
    return new Suspended("the thread was interrupted", null, null, true);
  }

  /** The run begins anew with another payload. */
  static Suspended toContinueAs(RawJson payload) {
    return new Suspended("the run begins anew", null, null, false, payload);
  }

  /** The run fails, as its log says. */
  static Suspended failing() {
    return new Suspended("the run fails", null, null, false);
  }

  /** The run is cancelled. */
  static Suspended cancelled() {
    return new Suspended("the run is cancelled", null, null, false);
  }

  /** Returns when the run is due; null where it does not wait. */
  @Nullable Instant dueAt() {
    return dueAt;
  }

  /** Returns the event that the run waits for; null for none. */
  @Nullable String event() {
    return event;
  }

  /** Returns the payload with which the run begins anew; null where it does not. */
  @Nullable RawJson payload() {
    return payload;
  }

  boolean wasInterrupted() {
    return interrupted;
  }
}
