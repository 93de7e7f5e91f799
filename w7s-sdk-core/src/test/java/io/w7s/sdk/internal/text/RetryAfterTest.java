package io.w7s.sdk.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

  private static final Instant NOON = Instant.parse("2026-05-25T12:00:00Z");

  private static Duration of(String value) {
    return RetryAfter.of(Headers.of("Retry-After", value), NOON);
  }

  @Test
  void secondsAndHttpDatesAreRead() {
    assertThat(of("86400")).isEqualTo(Duration.ofDays(1));
    assertThat(of(" 0 ")).isEqualTo(Duration.ZERO);
    assertThat(of("Mon, 25 May 2026 12:00:30 GMT")).isEqualTo(Duration.ofSeconds(30));
    assertThat(of("Mon, 25 May 2026 11:00:00 GMT")).isEqualTo(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-1", "1.5", "99999999999999999999999"})
  void anythingElseIsNoAdvice(String value) {
    assertThat(of(value)).isNull();
  }

  @Test
  void noHeaderIsNoAdvice() {
    assertThat(RetryAfter.of(Headers.none(), NOON)).isNull();
  }
}
