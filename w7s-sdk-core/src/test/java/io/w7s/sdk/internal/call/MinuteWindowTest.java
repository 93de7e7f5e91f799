package io.w7s.sdk.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MinuteWindowTest {

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  @Test
  void allowsNoMoreCallsInAnyMinuteThanTheLimit() {
    int limit = 7;
    var random = new Random(1);
    var window = new MinuteWindow(limit);
    List<Long> turns = new ArrayList<>();
    long now = 0;
    for (int i = 0; i < 5_000; i++) {
      now += random.nextInt(4) == 0 ? random.nextLong(MINUTE / 2) : 0;
      long at = window.next(now);
      window.take(at);
      turns.add(at);
    }
    for (int i = limit; i < turns.size(); i++) {
      assertThat(turns.get(i) - turns.get(i - limit)).isGreaterThanOrEqualTo(MINUTE);
    }
    assertThat(turns).isSorted();
  }

  @Test
  void hasAPlaceAtOnceWithinTheLimit() {
    var window = new MinuteWindow(2);
    for (long now : new long[] {0, 10, MINUTE, MINUTE + 10, 2 * MINUTE}) {
      assertThat(window.next(now)).isEqualTo(now);
      window.take(now);
    }
  }

  @Test
  void hasNoPlaceBeforeTheLatestTimeItIsClosedUntil() {
    var window = new MinuteWindow(2);
    window.close(500);
    window.close(100);
    assertThat(window.next(0)).isEqualTo(500);
    assertThat(window.next(600)).isEqualTo(600);
  }
}
