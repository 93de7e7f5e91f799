package io.w7s.sdk.signature;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Remembers a bounded number of signatures, by the second in which they end. */
final class InMemoryUsedSignatures implements UsedSignatures {

  private final int maxSignatures;
  private final TimeSource time;
  private final Set<String> ids = new HashSet<>();
  private final TreeMap<Long, List<String>> bySecond = new TreeMap<>();

  /** What ended before this second is forgotten, also when the clock goes back behind it. */
  private long forgottenBefore = Long.MIN_VALUE;

  InMemoryUsedSignatures(int maxSignatures, TimeSource time) {
    if (maxSignatures < 1) {
      throw new InvalidInputException("maxSignatures", String.valueOf(maxSignatures), "1 or more");
    }
    this.maxSignatures = maxSignatures;
    this.time = requireNonNull(time, "time");
  }

  @Override
  public synchronized boolean firstUse(String id, Instant until) {
    forget(time.now().getEpochSecond());
    if (until.getEpochSecond() < forgottenBefore || ids.contains(id)) {
      return false;
    }
    if (ids.size() >= maxSignatures) {
      throw new IllegalStateException(
          "all " + maxSignatures + " signatures that can be remembered are still valid");
    }
    ids.add(id);
    bySecond.computeIfAbsent(until.getEpochSecond(), second -> new ArrayList<>()).add(id);
    return true;
  }

  private void forget(long now) {
    forgottenBefore = Math.max(forgottenBefore, now);
    while (!bySecond.isEmpty() && bySecond.firstKey() < now) {
      Map.Entry<Long, List<String>> ended = bySecond.pollFirstEntry();
      ended.getValue().forEach(ids::remove);
    }
  }
}
