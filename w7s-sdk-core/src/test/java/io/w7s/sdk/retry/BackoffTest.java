package io.w7s.sdk.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void doublesWithoutJitterUpToTheLongest() {
    var backoff = new Backoff(Duration.ofMillis(200), 2, Duration.ofSeconds(1), 0);

    assertThat(backoff.after(1, new Random())).isEqualTo(Duration.ofMillis(200));
    assertThat(backoff.after(2, new Random())).isEqualTo(Duration.ofMillis(400));
    assertThat(backoff.after(3, new Random())).isEqualTo(Duration.ofMillis(800));
    assertThat(backoff.after(4, new Random())).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.after(10_000, new Random())).isEqualTo(Duration.ofSeconds(1));
  }

  @Property
  void leavesTheJitterToChance(
      @ForAll @IntRange(min = 1, max = 100) int attempt,
      @ForAll @LongRange(min = 1, max = 100_000) long firstMillis,
      @ForAll long seed) {
    Duration first = Duration.ofMillis(firstMillis);
    Duration longest = first.multipliedBy(16);
    Duration whole = new Backoff(first, 2, longest, 0).after(attempt, new Random(seed));

    Duration wait = Backoff.exponential(first, longest).after(attempt, new Random(seed));

    assertThat(wait).isBetween(whole.dividedBy(2), whole);
    assertThat(whole).isLessThanOrEqualTo(longest);
  }

  @Test
  void refusesValuesOutOfRange() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> Backoff.exponential(Duration.ZERO, second))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("backoff first");
    assertThatThrownBy(() -> Backoff.exponential(second, Duration.ofMillis(1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("backoff longest");
    assertThatThrownBy(() -> new Backoff(second, 0.5, second, 0))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new Backoff(second, Double.NaN, second, 0))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new Backoff(second, 2, second, 1.1))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> RetryPolicy.standard().maxAttempts(0))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> RetryPolicy.standard().maxRetryAfter(second.negated()))
        .isInstanceOf(InvalidInputException.class);
  }
}
