package io.w7s.sdk.testing;

import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Puts a platform together. Not thread-safe. */
public final class InMemoryW7sBuilder {

  private static final int DEFAULT_STEP_LIMIT = 1_000_000;

  JsonCodec codec = JacksonCodec.create();
  private Instant start = InMemoryW7s.DEFAULT_START;
  private long seed = 1;
  boolean shuffled;
  private @Nullable Executor pool;
  UnaryOperator<Platform.Builder> platform = UnaryOperator.identity();
  int journalLimit = Integer.MAX_VALUE;
  int stepLimit = DEFAULT_STEP_LIMIT;
  final List<Fault> faults = new ArrayList<>();

  InMemoryW7sBuilder() {}

  /**
   * Sets what reads and writes the bodies of callers and of messages that a test sends or looks at
   * itself. Apps have their own. Default {@link JacksonCodec}.
   */
  public InMemoryW7sBuilder codec(JsonCodec codec) {
    this.codec = codec;
    return this;
  }

  /** Sets where the clock starts. Default {@link InMemoryW7s#DEFAULT_START}. */
  public InMemoryW7sBuilder start(Instant start) {
    this.start = start;
    return this;
  }

  /** Sets what all chance comes from: ids, jitter, faults, order. Default 1. */
  public InMemoryW7sBuilder seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Has what is due at the same moment run, and batches made up, in an order that the seed gives.
   * Default: the order of scheduling.
   */
  public InMemoryW7sBuilder shuffled() {
    this.shuffled = true;
    return this;
  }

  /**
   * Sets a pool that runs deliveries, those of one moment at the same time; it stays the caller's
   * to close. Default: the thread that moves the clock, one after the other.
   */
  public InMemoryW7sBuilder handlersOn(Executor pool) {
    this.pool = pool;
    return this;
  }

  /**
   * Changes how the platform is put together: {@code platform ->
   * platform.limits(Limits.platform())}. Default: the platform's own settings, and no limits. The
   * enqueue fault stays that of {@link InMemoryW7s#faults()}.
   */
  public InMemoryW7sBuilder platform(UnaryOperator<Platform.Builder> settings) {
    UnaryOperator<Platform.Builder> before = platform;
    platform = parts -> settings.apply(before.apply(parts));
    return this;
  }

  /**
   * Sets how many entries the journal keeps, 0 or more; the oldest go first. Default: all, which
   * takes some 200 bytes each.
   *
   * @throws InvalidInputException when it is negative
   */
  public InMemoryW7sBuilder journalLimit(int most) {
    if (most < 0) {
      throw new InvalidInputException("journal limit", String.valueOf(most), "0 or more");
    }
    this.journalLimit = most;
    return this;
  }

  /**
   * Sets after how many steps {@link InMemoryW7s#runUntilIdle()} gives up. Default 1,000,000.
   *
   * @throws InvalidInputException when it is not positive
   */
  public InMemoryW7sBuilder stepLimit(int most) {
    if (most < 1) {
      throw new InvalidInputException("step limit", String.valueOf(most), "at least 1");
    }
    this.stepLimit = most;
    return this;
  }

  /** Adds faults that are there from the start. */
  public InMemoryW7sBuilder faults(Fault... faults) {
    this.faults.addAll(List.of(faults));
    return this;
  }

  /**
   * Returns the platform, with nothing deployed.
   *
   * @throws InvalidInputException when it is both shuffled and to run on a pool, whose order nobody
   *     gives
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
