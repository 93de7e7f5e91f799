package io.w7s.sdk.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronExpressionTest {

  private static final Duration WINDOW = Duration.ofDays(3);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "60 * * * * | cron minute | \"60\"",
        "* 24 * * * | cron hour | \"24\"",
        "* * 0 * * | cron day of month | \"0\"",
        "* * * JAN * | cron month | \"JAN\"",
        "* * * * 8 | cron day of week | \"8\"",
        "1,5/2 * * * * | cron minute | \"1,5/2\"",
        "*/0 * * * * | cron minute | \"*/0\"",
        "99999999999999999999 * * * * | cron minute | \"99999999999999999999\"",
        "٣ * * * * | cron minute | \"٣\"",
      })
  void anErrorNamesTheFieldWhatWasFoundAndTheRule(String expression, String field, String found) {
    assertThatThrownBy(() -> CronExpression.parse(expression))
        .isInstanceOfSatisfying(
            InvalidInputException.class, e -> assertThat(e.field()).isEqualTo(field))
        .hasMessageContaining("found " + found)
        .hasMessageContaining("a number from");
  }

  @Test
  void anExpressionHasFiveFields() {
    assertThatThrownBy(() -> CronExpression.parse("@hourly"))
        .hasMessage(
            "cron: found \"@hourly\" with 1 fields, must be five fields with spaces between:"
                + " minute, hour, day of month, month, day of week");
    assertThatThrownBy(() -> CronExpression.parse("  "))
        .hasMessageStartingWith("cron: found empty");
  }

  @Test
  void equalityIsThatOfTheNormalisedText() {
    assertThat(CronExpression.parse(" */5\t* * *  *"))
        .isEqualTo(CronExpression.parse("*/5 * * * *"))
        .hasSameHashCodeAs(CronExpression.parse("*/5 * * * *"))
        .hasToString("*/5 * * * *");
    assertThat(CronExpression.parse("0 5 * * *")).isNotEqualTo(CronExpression.parse("00 5 * * *"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // strictly after, and at the start of a minute
        "* * * * * | 2026-05-25T12:00:00Z | 2026-05-25T12:01:00Z",
        "* * * * * | 2026-05-25T12:00:59.999Z | 2026-05-25T12:01:00Z",
        "0 12 * * * | 2026-05-25T11:59:59.999Z | 2026-05-25T12:00:00Z",
        "0 12 * * * | 2026-05-25T12:00:00Z | 2026-05-26T12:00:00Z",
        // ends of hours, days, months and years
        "*/5 * * * * | 2026-12-31T23:57:00Z | 2027-01-01T00:00:00Z",
        "30 9 31 * * | 2026-05-31T09:30:00Z | 2026-07-31T09:30:00Z",
        "59 23 31 12 * | 2026-12-31T23:59:00Z | 2027-12-31T23:59:00Z",
        "15,45 8-17/3 * * * | 2026-05-25T17:45:00Z | 2026-05-26T08:15:00Z",
        // leap days, also over a century without one, and one on a Monday
        "0 0 29 2 * | 2026-05-25T00:00:00Z | 2028-02-29T00:00:00Z",
        "0 0 29 2 * | 2096-02-29T00:00:00Z | 2104-02-29T00:00:00Z",
        "0 0 29 2 1 | 2084-03-01T00:00:00Z | 2112-02-29T00:00:00Z",
        // day of month AND day of week
        "0 12 13 * 5 | 2026-05-25T00:00:00Z | 2026-11-13T12:00:00Z",
        "0 0 1 * 0,7 | 2026-03-01T00:00:00Z | 2026-11-01T00:00:00Z",
        // Sunday is 0 and 7, alone and at the end of a range
        "0 0 * * 0 | 2026-05-25T00:00:00Z | 2026-05-31T00:00:00Z",
        "0 0 * * 7 | 2026-05-25T00:00:00Z | 2026-05-31T00:00:00Z",
        "0 0 * * 6-7 | 2026-05-30T00:00:00Z | 2026-05-31T00:00:00Z",
        // before 1970
        "0 0 1 1 * | 1969-12-31T23:59:59.5Z | 1970-01-01T00:00:00Z",
        "*/7 * * * * | 1969-12-31T23:50:00Z | 1969-12-31T23:56:00Z",
      })
  void nextIsTheFirstDueMinuteStrictlyAfter(String cron, Instant after, Instant next) {
    assertThat(CronExpression.parse(cron).next(after)).contains(next);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 0 31 2 *", "0 0 30 2 *", "* * 31 4,6,9,11 *"})
  void aDayThatNoMonthHasNeverComes(String cron) {
    assertThat(CronExpression.parse(cron).next(Instant.EPOCH)).isEmpty();
  }

  @Test
  void theEndsOfTimeHaveAResult() {
    CronExpression minutely = CronExpression.parse("* * * * *");
    assertThat(minutely.next(Instant.MAX)).isEmpty();
    assertThat(minutely.next(Instant.MIN)).isPresent();
    assertThat(CronExpression.parse("0 0 1 1 *").next(Instant.MAX.minusSeconds(100))).isEmpty();
  }

  @Property(tries = 300)
  void nextIsDueAndNoMinuteBeforeItIs(
      @ForAll("expressions") String expression, @ForAll("instants") Instant after) {
    CronExpression cron = CronExpression.parse(expression);
    Optional<Instant> next = cron.next(after);

    next.ifPresent(due -> assertThat(cron.isDue(due)).isTrue());
    assertThat(next.map(due -> due.isAfter(after) && due.getEpochSecond() % 60 == 0))
        .isIn(Optional.empty(), Optional.of(true));
    assertThat(firstDueIn(cron, after, after.plus(WINDOW)))
        .isEqualTo(next.filter(due -> !due.isAfter(after.plus(WINDOW))));
  }

  private static Optional<Instant> firstDueIn(CronExpression cron, Instant after, Instant until) {
    Instant minute = after.truncatedTo(ChronoUnit.MINUTES);
    do {
      minute = minute.plus(Duration.ofMinutes(1));
    } while (!minute.isAfter(until) && !cron.isDue(minute));
    return Optional.of(minute).filter(due -> !due.isAfter(until));
  }

  @Provide
  Arbitrary<Instant> instants() {
    return Arbitraries.longs()
        .between(
            Instant.parse("1960-01-01T00:00:00Z").toEpochMilli(),
            Instant.parse("2110-01-01T00:00:00Z").toEpochMilli())
        .map(Instant::ofEpochMilli);
  }

  @Provide
  Arbitrary<String> expressions() {
    return Combinators.combine(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7))
        .as((minute, hour, day, month, week) -> List.of(minute, hour, day, month, week))
        .map(fields -> String.join(" ", fields));
  }

  private static Arbitrary<String> field(int min, int max) {
    Arbitrary<Integer> number = Arbitraries.integers().between(min, max);
    Arbitrary<Integer> step = Arbitraries.integers().between(1, max);
    Arbitrary<String> range =
        Combinators.combine(number, number).as((a, b) -> Math.min(a, b) + "-" + Math.max(a, b));
    Arbitrary<String> part =
        Arbitraries.oneOf(
            number.map(String::valueOf),
            range,
            step.map(n -> "*/" + n),
            Combinators.combine(range, step).as((r, n) -> r + "/" + n));
    return Arbitraries.frequencyOf(
        Tuple.of(2, Arbitraries.just("*")),
        Tuple.of(3, part.list().ofMinSize(1).ofMaxSize(3).map(parts -> String.join(",", parts))));
  }
}
