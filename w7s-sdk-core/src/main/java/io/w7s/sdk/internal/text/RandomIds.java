package io.w7s.sdk.internal.text;

import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Random UUIDs (version 4) from a given source of randomness, so that a simulation makes the same
 * ones again.
 */
public final class RandomIds {

  private static final long VERSION_MASK = 0xF000L;
  private static final long VERSION_4 = 0x4000L;
  private static final long VARIANT_MASK = 0xC000000000000000L;
  private static final long VARIANT_2 = 0x8000000000000000L;

  private RandomIds() {}

  /** Returns a new id. */
  public static String next(RandomGenerator random) {
    long high = (random.nextLong() & ~VERSION_MASK) | VERSION_4;
    long low = (random.nextLong() & ~VARIANT_MASK) | VARIANT_2;
    return new UUID(high, low).toString();
  }
}
