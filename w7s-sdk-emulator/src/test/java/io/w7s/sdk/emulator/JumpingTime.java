package io.w7s.sdk.emulator;

import io.w7s.sdk.emulator.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;

/** Virtual time whose wall clock can be set, as that of a machine that slept. */
final class JumpingTime extends ForwardingTime {

  final VirtualTime steady;
  private Duration set = Duration.ZERO;

  JumpingTime() {
    this(new VirtualTime(World.START, 42));
  }

  private JumpingTime(VirtualTime steady) {
    super(steady);
    this.steady = steady;
  }

  /** Sets the wall clock forward, or with a negative step back; the agenda's clock goes on. */
  void jump(Duration step) {
    set = set.plus(step);
  }

  @Override
  public Instant now() {
    return super.now().plus(set);
  }
}
