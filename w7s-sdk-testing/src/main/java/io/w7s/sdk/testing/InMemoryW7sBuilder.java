package io.w7s.sdk.testing;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Builds an {@link InMemoryW7s}. Not thread-safe. */
public final class InMemoryW7sBuilder {

  private static final int DEFAULT_STEP_LIMIT = 1_000_000;

  JsonCodec codec = JacksonCodec.create();
  private Instant start = InMemoryW7s.DEFAULT_START;
  private long seed = 1;
  boolean shuffled;
  private @Nullable Executor pool;
  Consumer<Platform.Builder> platform = settings -> {};
  int journalLimit = Integer.MAX_VALUE;
  int stepLimit = DEFAULT_STEP_LIMIT;
  final List<Fault> faults = new ArrayList<>();

  InMemoryW7sBuilder() {}

  /**
   * Sets the codec of callers, and of messages that the test itself delivers or reads. Apps have
   * their own. Default {@link JacksonCodec}.
   */
  public InMemoryW7sBuilder codec(JsonCodec codec) {
    this.codec = requireNonNull(codec, "codec");
    return this;
  }

  /** Sets the start of the clock. Default {@link InMemoryW7s#DEFAULT_START}. */
  public InMemoryW7sBuilder start(Instant start) {
    this.start = requireNonNull(start, "start");
    return this;
  }

  /** Sets the seed of everything that is random: ids, jitter, faults and order. Default 1. */
  public InMemoryW7sBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Runs tasks that are due at the same moment, and fills batches, in an order that the seed
   * determines. Default: the order in which they were scheduled.
   */
  public InMemoryW7sBuilder shuffled() {
    this.shuffled = true;
    return this;
  }

  /**
   * Sets a pool that runs deliveries. Those that are due at the same moment run concurrently. The
   * caller must close the pool. Default: deliveries run one after the other on the thread that
   * moves the clock.
   */
  public InMemoryW7sBuilder handlersOn(Executor pool) {
    this.pool = requireNonNull(pool, "pool");
    return this;
  }

  /**
   * Changes the settings of the platform, for example {@code platform ->
   * platform.limits(Limits.platform())}. By default there are no limits. The enqueue fault is
   * always that of {@link InMemoryW7s#faults()}.
   */
  public InMemoryW7sBuilder platform(Consumer<Platform.Builder> settings) {
    platform = platform.andThen(requireNonNull(settings, "settings"));
    return this;
  }

  /**
   * Sets how many entries the journal keeps. When there are more, it forgets the oldest. Default:
   * it keeps all, with about 200 bytes each.
   *
   * @param most zero or more
   * @throws InvalidInputException if the number is negative
   */
  public InMemoryW7sBuilder journalLimit(int most) {
    if (most < 0) {
      throw new InvalidInputException("journal limit", String.valueOf(most), "0 or more");
    }
    this.journalLimit = most;
    return this;
  }

  /**
   * Sets the number of steps after which {@link InMemoryW7s#runUntilIdle()} fails. Default
   * 1,000,000.
   *
   * @param most at least 1
   * @throws InvalidInputException if the number is less than 1
   */
  public InMemoryW7sBuilder stepLimit(int most) {
    if (most < 1) {
      throw new InvalidInputException("step limit", String.valueOf(most), "at least 1");
    }
    this.stepLimit = most;
    return this;
  }

  /** Adds faults that apply from the start. */
  public InMemoryW7sBuilder faults(Fault... faults) {
    this.faults.addAll(List.of(faults));
    return this;
  }

  /**
   * Returns a platform without apps.
   *
   * @throws InvalidInputException if it is both shuffled and runs handlers on a pool, because the
   *     seed cannot determine the order of a pool
   */
  public InMemoryW7s build() {
    return new InMemoryW7s(this);
  }

  VirtualTime time() {
    if (pool == null) {
      return shuffled ? VirtualTime.shuffled(start, seed) : new VirtualTime(start, seed);
    }
    if (shuffled) {
      throw new InvalidInputException("shuffled", "handlers on a pool", "without a pool");
    }
    return VirtualTime.on(pool, start, seed);
  }
}
