package io.w7s.sdk.consumption;

import io.w7s.sdk.queue.Claim;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The result of a claim at a store of processed messages. Immutable. */
public final class ClaimResult {

  private static final ClaimResult DONE = new ClaimResult(State.DONE, null, Duration.ZERO);
  private static final ClaimResult ABANDONED =
      new ClaimResult(State.ABANDONED, null, Duration.ZERO);

  /** The kinds of result. */
  public enum State {

    /** The claim is given; nobody had claimed the message before, or the claim was released. */
    GRANTED,

    /** The claim is given; an earlier one was neither completed nor released within its lease. */
    TAKEN_OVER,

    /** The message is done. */
    DONE,

    /** Another delivery has the claim. */
    BUSY,

    /**
     * An earlier claim was neither completed nor released within its lease, and the caller did not
     * ask to take it over.
     */
    ABANDONED
  }

  private final State state;
  private final @Nullable Claim claim;
  private final Duration remaining;

  private ClaimResult(State state, @Nullable Claim claim, Duration remaining) {
    this.state = state;
    this.claim = claim;
    this.remaining = remaining;
  }

  /** Returns that the claim is given, for the first time. */
  public static ClaimResult granted(Claim claim) {
    return new ClaimResult(State.GRANTED, claim, Duration.ZERO);
  }

  /** Returns that the claim is given, in place of one whose lease has ended. */
  public static ClaimResult takenOver(Claim claim) {
    return new ClaimResult(State.TAKEN_OVER, claim, Duration.ZERO);
  }

  /** Returns that the message is done. */
  public static ClaimResult done() {
    return DONE;
  }

  /**
   * Returns that another delivery has the claim.
   *
   * @param remaining the rest of its lease, unless it is renewed
   */
  public static ClaimResult busy(Duration remaining) {
    return new ClaimResult(State.BUSY, null, remaining);
  }

  /** Returns that the lease of an earlier claim has ended, and that it was not taken over. */
  public static ClaimResult abandoned() {
    return ABANDONED;
  }

  /** Returns the kind of this result. */
  public State state() {
    return state;
  }

  /**
   * Returns the claim.
   *
   * @throws IllegalStateException when none was given
   */
  public Claim claim() {
    if (claim == null) {
      throw new IllegalStateException("no claim was given: " + state);
    }
    return claim;
  }

  /** Returns the rest of another delivery's lease when {@code BUSY}; otherwise zero. */
  public Duration remaining() {
    return remaining;
  }

  /** Returns the state and the claim. */
  @Override
  public String toString() {
    return claim == null ? state.toString() : state + " " + claim;
  }
}
