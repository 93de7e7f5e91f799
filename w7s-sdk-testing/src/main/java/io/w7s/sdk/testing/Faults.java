package io.w7s.sdk.testing;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.queue.EnqueueFault;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.testing.Fault.Effect;
import io.w7s.sdk.testing.Fault.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The faults of one {@link InMemoryW7s}. The platform itself keeps its rules. Each fault that
 * occurs is in the journal. Thread-safe.
 */
public final class Faults {

  private static final List<Duration> ONCE = List.of(Duration.ZERO);
  private static final double TO_UNIT = 0x1.0p-53;

  private final TimeSource time;
  private final JournalRecorder journal;
  private final List<Armed> all = new CopyOnWriteArrayList<>();

  Faults(TimeSource time, JournalRecorder journal) {
    this.time = time;
    this.journal = journal;
  }

  /** Adds faults, which apply from now on. If several match a call or a delivery, all occur. */
  public void add(Fault... faults) {
    for (Fault fault : faults) {
      all.add(new Armed(fault));
    }
  }

  /** Removes all faults. */
  public void clear() {
    all.clear();
  }

  /**
   * Returns the effects of those that strike, in the order they were added.
   *
   * @param target not asked when there are no faults, which is the usual case
   */
  List<Effect> strike(Phase phase, Supplier<FaultTarget> target, @Nullable Caller caller) {
    if (all.isEmpty()) {
      return List.of();
    }
    FaultTarget traffic = target.get();
    var effects = new ArrayList<Effect>();
    for (Armed armed : all) {
      if (armed.strikes(phase, traffic, time.random())) {
        effects.add(armed.fault.effect());
        journal.faulted(caller, traffic.target(), armed.fault.words());
      }
    }
    return effects;
  }

  /** Returns the faults between the acceptance of a message and its queue. */
  EnqueueFault enqueueFault() {
    return this::copies;
  }

  private List<Duration> copies(QueueId queue) {
    List<Effect> effects = strike(Phase.BEFORE_QUEUE, () -> FaultTarget.of(queue), null);
    if (effects.isEmpty()) {
      return ONCE;
    }
    if (effects.stream().anyMatch(Effect.Dropped.class::isInstance)) {
      return List.of();
    }
    Duration later = Duration.ZERO;
    int copies = 1;
    for (Effect effect : effects) {
      if (effect instanceof Effect.HeldBack held) {
        later = later.plus(upTo(held.most()));
      } else {
        copies++;
      }
    }
    var all = new ArrayList<>(List.of(later));
    while (all.size() < copies) {
      all.add(Duration.ZERO);
    }
    return all;
  }

  private Duration upTo(Duration most) {
    return Duration.ofNanos((long) (unit(time.random()) * NANOSECONDS.convert(most)));
  }

  /** Returns a number from 0 to less than 1, the same on every JDK. */
  private static double unit(RandomGenerator random) {
    return (random.nextLong() >>> 11) * TO_UNIT;
  }

  /** Returns the faults as text. */
  @Override
  public String toString() {
    return all.stream().map(armed -> armed.fault).toList().toString();
  }

  /** A fault, and how often it matched and occurred. */
  private static final class Armed {

    private final Fault fault;
    private long matched;
    private int occurred;

    Armed(Fault fault) {
      this.fault = fault;
    }

    synchronized boolean strikes(Phase phase, FaultTarget target, RandomGenerator random) {
      if (fault.phase() != phase || !fault.target().covers(target) || occurred == fault.times()) {
        return false;
      }
      matched++;
      if (matched % fault.every() != 0) {
        return false;
      }
      if (fault.probability() < 1 && unit(random) >= fault.probability()) {
        return false;
      }
      occurred++;
      return true;
    }
  }
}
