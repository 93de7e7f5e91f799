package io.w7s.sdk.internal.text;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Random UUIDs from a given source of randomness, so that a simulation makes the same ones again.
 */
public final class RandomIds {

  private static final long VERSION_MASK = 0xF000L;
  private static final long VERSION_4 = 0x4000L;
  private static final long VERSION_7 = 0x7000L;
  private static final long RANDOM_OF_7 = 0x0FFFL;
  private static final int TIME_SHIFT = 16;
  private static final long VARIANT_MASK = 0xC000000000000000L;
  private static final long VARIANT_2 = 0x8000000000000000L;

  private RandomIds() {}

  /** Returns a new id (version 4). */
  public static String next(RandomGenerator random) {
    return id((random.nextLong() & ~VERSION_MASK) | VERSION_4, random);
  }

  /** Returns a new id that begins with a time in milliseconds (version 7). */
  public static String next(Instant time, RandomGenerator random) {
    long high = (time.toEpochMilli() << TIME_SHIFT) | VERSION_7;
    return id(high | (random.nextLong() & RANDOM_OF_7), random);
  }

  /** Returns the time of an id; empty for one that has none. */
  public static Optional<Instant> time(String id) {
    UUID uuid = UUID.fromString(id);
    return uuid.version() == 7
        ? Optional.of(Instant.ofEpochMilli(uuid.getMostSignificantBits() >>> TIME_SHIFT))
        : Optional.empty();
  }

  private static String id(long high, RandomGenerator random) {
    long low = (random.nextLong() & ~VARIANT_MASK) | VARIANT_2;
    return new UUID(high, low).toString();
  }
}
