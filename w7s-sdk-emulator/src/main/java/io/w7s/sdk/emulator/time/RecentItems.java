package io.w7s.sdk.emulator.time;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last items that ran, for messages about items that run endlessly. Used by the driver. */
final class RecentItems {

  private static final int REMEMBERED = 64;

  private final Agenda.@Nullable Item[] items = new Agenda.Item[REMEMBERED];
  private long count;

  void add(Agenda.Item item) {
    items[(int) (count++ % REMEMBERED)] = item;
  }

  void clear() {
    Arrays.fill(items, null);
    count = 0;
  }

  /** Returns how often each of them was among the last. */
  @Override
  public String toString() {
    Map<String, Integer> times = new LinkedHashMap<>();
    for (Agenda.Item item : items) {
      if (item != null) {
        times.merge(item.toString(), 1, Integer::sum);
      }
    }
    return "the last " + Math.min(count, REMEMBERED) + " were " + times;
  }
}
