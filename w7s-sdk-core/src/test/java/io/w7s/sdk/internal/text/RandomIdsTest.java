package io.w7s.sdk.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RandomIdsTest {

  @Test
  void anIdWithATimeIsRandomBeyondItAndKeepsIt() {
    Instant time = Instant.parse("2026-11-28T12:00:00.123Z");
    var random = new Random(1);

    String one = RandomIds.next(time, random);
    String two = RandomIds.next(time, random);

    assertThat(RandomIds.time(one)).contains(time);
    assertThat(RandomIds.time(two)).contains(time);
    assertThat(one).isNotEqualTo(two).startsWith(two.substring(0, 15));
    assertThat(UUID.fromString(one).version()).isEqualTo(7);
    assertThat(UUID.fromString(one).variant()).isEqualTo(2);
  }

  @Test
  void anIdThatIsAllRandomHasNoTime() {
    assertThat(RandomIds.time(RandomIds.next(new Random(1)))).isEmpty();
  }
}
