package io.w7s.sdk.signature;

import io.w7s.sdk.spi.TimeSource;
import java.time.Instant;

/**
 * Remembers which signatures were used, so that a request that somebody has recorded is not handled
 * again. The name is not that of a replay, which in this SDK is the handling of stored events once
 * more. Implementations are thread-safe.
 *
 * <p>In one process {@link #inMemory()} is enough. Where several processes have the same secret,
 * they need one store, such as {@code JdbcUsedSignatures} of {@code w7s-sdk-store}.
 */
public interface UsedSignatures {

  /** How many signatures {@link #inMemory()} remembers, 100,000. */
  int DEFAULT_MAX_SIGNATURES = 100_000;

  /**
   * Remembers a signature, unless it is remembered already. Of several calls at the same time, one
   * returns true.
   *
   * @param id the id of the signature: 16 to 64 letters, digits, hyphens and underscores
   * @param until the signature is remembered at least until then
   * @return whether this is the first use
   * @throws RuntimeException when it cannot be remembered, as the store is full or cannot be
   *     reached. Then the request is refused with 503
   */
  boolean firstUse(String id, Instant until);

  /**
   * Returns a store in memory for 100,000 signatures. A signature is remembered for 5 to 10
   * minutes, so that is enough for 300 requests a second that come without delay. When it is full,
   * it refuses: what is still valid is not forgotten.
   */
  static UsedSignatures inMemory() {
    return inMemory(DEFAULT_MAX_SIGNATURES, TimeSource.system());
  }

  /**
   * Returns a store in memory.
   *
   * @param maxSignatures how many it remembers at the same time; each takes about 200 bytes
   * @param time the clock
   * @throws io.w7s.sdk.error.InvalidInputException when it is less than 1
   */
  static UsedSignatures inMemory(int maxSignatures, TimeSource time) {
    return new InMemoryUsedSignatures(maxSignatures, time);
  }
}
