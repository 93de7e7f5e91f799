package io.w7s.sdk.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

  private static final Instant NOON = Instant.parse("2026-05-25T12:00:00Z");

  private static Duration of(String value) {
    return RetryAfter.of(Headers.of("Retry-After", value), NOON);
  }

  @Test
  void readsSeconds() {
    assertThat(of("86400")).isEqualTo(Duration.ofDays(1));
    assertThat(of(" 0 ")).isEqualTo(Duration.ZERO);
    assertThat(of("007")).isEqualTo(Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Mon, 25 May 2026 12:00:30 GMT",
        "Monday, 25-May-26 12:00:30 GMT",
        "Mon May 25 12:00:30 2026",
        "mon, 25 may 2026 12:00:30 gmt",
        "Sun, 25 May 2026 12:00:30 GMT"
      })
  void readsEachFormOfADate(String date) {
    assertThat(of(date)).isEqualTo(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @CsvSource({
    "'Saturday, 06-Jun-26 12:00:00 GMT', P12D",
    "'Sat Jun  6 12:00:00 2026', P12D",
    "'Sat, 6 Jun 2026 12:00:00 GMT', P12D",
    "'Monday, 25-May-76 12:00:00 GMT', P18263D",
    "'Monday, 25-May-77 12:00:00 GMT', PT0S",
    "'Sunday, 06-Nov-94 08:49:37 GMT', PT0S"
  })
  void readsDaysOfOneDigitAndYearsOfTwo(String date, Duration expected) {
    assertThat(of(date)).isEqualTo(expected);
  }

  @Test
  void aDateInThePastIsNow() {
    assertThat(of("Mon, 25 May 2026 11:00:00 GMT")).isEqualTo(Duration.ZERO);
    assertThat(of("Mon May 25 11:00:00 2026")).isEqualTo(Duration.ZERO);
  }

  @Test
  void anAbsurdNumberIsTheLongestDuration() {
    assertThat(of("9999999999")).isEqualTo(Duration.ofSeconds(9_999_999_999L));
    assertThat(of("9223372036854775808")).isEqualTo(Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(of("9".repeat(5000))).isEqualTo(Duration.ofSeconds(Long.MAX_VALUE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "-1",
        "+1",
        "1.5",
        "1,2",
        "\u0661",
        "Mon, 32 May 2026 12:00:30 GMT",
        "Mon, 25 May 2026 12:00:30",
        "Mon, 25 Mai 2026 12:00:30 GMT",
        "2026-05-25T12:00:30Z"
      })
  void anythingElseIsNoAdvice(String value) {
    assertThat(of(value)).isNull();
  }

  @Test
  void noHeaderIsNoAdvice() {
    assertThat(RetryAfter.of(Headers.none(), NOON)).isNull();
  }

  @Test
  void theLocaleOfTheMachineDoesNotMatter() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-u-nu-arab"));
      assertThat(of("Mon, 25 May 2026 12:00:30 GMT")).isEqualTo(Duration.ofSeconds(30));
    } finally {
      Locale.setDefault(before);
    }
  }
}
