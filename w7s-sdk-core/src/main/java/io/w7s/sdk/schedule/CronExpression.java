package io.w7s.sdk.schedule;

import static java.time.ZoneOffset.UTC;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When a schedule fires, by the minute and in UTC: five fields, {@code minute hour day-of-month
 * month day-of-week}, such as <code>&#42;/5 8-17 * * 1-5</code>.
 *
 * <p>A field is {@code *}, numbers, ranges ({@code 1-5}), steps (<code>&#42;/5</code>, {@code
 * 1-10/2}) or a list of these. Day of week counts from 0 to 7, and both 0 and 7 are Sunday. A
 * minute is due when <em>all five</em> fields match: a day of month and a day of week must both
 * match, unlike in most other crons. Names, {@code @hourly}, {@code ?}, {@code L}, {@code W} and
 * {@code #} are not known. The rules are recorded from the platform.
 *
 * <p>Immutable. Equality is by {@link #toString()}, as the platform has it: {@code 0 5 * * *} and
 * {@code 00 05 * * *} are due at the same minutes, but are not equal.
 */
public final class CronExpression {

  private static final int MINUTES_OF_DAY = 24 * 60;

  /** An Instant can be a year before the first LocalDate, and a year after the last. */
  private static final long FIRST_MINUTE = LocalDate.MIN.toEpochDay() * MINUTES_OF_DAY;

  /** The calendar, days of the week included, comes around after 400 years. */
  private static final int MONTHS_TO_SEARCH = 400 * 12 + 1;

  private final String text;
  private final long minutes;
  private final long hours;
  private final long daysOfMonth;
  private final long months;

  /** Bit 0 is Sunday, bit 6 Saturday. */
  private final long daysOfWeek;

  private CronExpression(List<String> fields) {
    text = String.join(" ", fields);
    minutes = CronField.MINUTE.parse(fields.get(0));
    hours = CronField.HOUR.parse(fields.get(1));
    daysOfMonth = CronField.DAY_OF_MONTH.parse(fields.get(2));
    months = CronField.MONTH.parse(fields.get(3));
    long daysWithSundayTwice = CronField.DAY_OF_WEEK.parse(fields.get(4));
    daysOfWeek = (daysWithSundayTwice | (daysWithSundayTwice >> 7)) & 0x7f;
  }

  /**
   * Reads an expression. White space around the fields does not matter.
   *
   * @throws InvalidInputException naming the field, for example {@code cron hour}, or {@code cron}
   *     when there are not five
   */
  public static CronExpression parse(String expression) {
    List<String> fields = fields(expression);
    if (fields.size() != 5) {
      throw new InvalidInputException(
          "cron",
          fields.isEmpty()
              ? "empty text"
              : Names.quoted(expression) + " with " + fields.size() + " fields",
          "five fields with spaces between: minute, hour, day of month, month, day of week");
    }
    return new CronExpression(fields);
  }

  private static List<String> fields(String expression) {
    var fields = new ArrayList<String>();
    int start = 0;
    for (int i = 0; i <= expression.length(); i++) {
      if (i == expression.length() || Names.isSpace(expression.charAt(i))) {
        if (i > start) {
          fields.add(expression.substring(start, i));
        }
        start = i + 1;
      }
    }
    return fields;
  }

  /** Returns whether the schedule is due in the minute of an instant. */
  public boolean isDue(Instant at) {
    LocalDateTime time = LocalDateTime.ofInstant(at, UTC);
    return has(minutes, time.getMinute())
        && has(hours, time.getHour())
        && has(months, time.getMonthValue())
        && has(dueDays(YearMonth.from(time)), time.getDayOfMonth());
  }

  /**
   * Returns the start of the first due minute strictly after an instant. The whole calendar is
   * searched, so empty means never, as for 31 February.
   *
   * @param after any instant; when it is in a due minute, the result is a later minute
   */
  public Optional<Instant> next(Instant after) {
    long minute = Math.max(Math.floorDiv(after.getEpochSecond(), 60) + 1, FIRST_MINUTE);
    long day = Math.floorDiv(minute, MINUTES_OF_DAY);
    if (day > LocalDate.MAX.toEpochDay()) {
      return Optional.empty();
    }
    LocalDate date = LocalDate.ofEpochDay(day);
    int time = nextTime(Math.floorMod(minute, MINUTES_OF_DAY));
    if (time < MINUTES_OF_DAY
        && has(months, date.getMonthValue())
        && has(dueDays(YearMonth.from(date)), date.getDayOfMonth())) {
      return Optional.of(at(date, time));
    }
    return nextDay(date).map(due -> at(due, nextTime(0)));
  }

  /** The first due day strictly after another. */
  private Optional<LocalDate> nextDay(LocalDate after) {
    YearMonth month = YearMonth.from(after);
    long daysLeft = -1L << (after.getDayOfMonth() + 1);
    for (int searched = 0; searched < MONTHS_TO_SEARCH; searched++) {
      if (has(months, month.getMonthValue())) {
        long days = dueDays(month) & daysLeft;
        if (days != 0) {
          return Optional.of(month.atDay(Long.numberOfTrailingZeros(days)));
        }
      }
      if (month.getYear() == LocalDate.MAX.getYear() && month.getMonthValue() == 12) {
        return Optional.empty();
      }
      month = month.plusMonths(1);
      daysLeft = -1L;
    }
    return Optional.empty();
  }

  /** The first due minute of the day from this one on, or {@code MINUTES_OF_DAY} when none is. */
  private int nextTime(int minuteOfDay) {
    int hour = minuteOfDay / 60;
    long minutesLeft = minutes & (-1L << (minuteOfDay % 60));
    if (has(hours, hour) && minutesLeft != 0) {
      return hour * 60 + Long.numberOfTrailingZeros(minutesLeft);
    }
    long hoursLeft = hours & (-1L << (hour + 1));
    return hoursLeft == 0
        ? MINUTES_OF_DAY
        : Long.numberOfTrailingZeros(hoursLeft) * 60 + Long.numberOfTrailingZeros(minutes);
  }

  /** The days of a month that match both fields, bit n for day n. */
  private long dueDays(YearMonth month) {
    int firstDayOfWeek = month.atDay(1).getDayOfWeek().getValue() % 7; // Sunday is 0
    long week = ((daysOfWeek >> firstDayOfWeek) | (daysOfWeek << (7 - firstDayOfWeek))) & 0x7f;
    long weeks = week | (week << 7) | (week << 14) | (week << 21) | (week << 28);
    long daysThereAre = (1L << (month.lengthOfMonth() + 1)) - 1;
    return daysOfMonth & (weeks << 1) & daysThereAre;
  }

  private static boolean has(long bits, int value) {
    return ((bits >> value) & 1) == 1;
  }

  private static Instant at(LocalDate date, int minuteOfDay) {
    return date.atStartOfDay().plusMinutes(minuteOfDay).toInstant(UTC);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CronExpression cron && text.equals(cron.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Returns the five fields as they were given, with one space between them. */
  @Override
  public String toString() {
    return text;
  }
}
