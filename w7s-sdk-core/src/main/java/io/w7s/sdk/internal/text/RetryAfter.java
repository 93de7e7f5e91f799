package io.w7s.sdk.internal.text;

import io.w7s.sdk.Headers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code retry-after} header: seconds, or an HTTP date in one of its three forms. */
public final class RetryAfter {

  private static final Pattern DIGITS = Pattern.compile("[0-9]+");

  /** The day of the week says nothing that the date does not say. */
  private static final Pattern DAY_OF_WEEK = Pattern.compile("^[A-Za-z]{3,9},? +");

  /** {@code Sun, 06 Nov 1994 08:49:37 GMT}. */
  private static final DateTimeFormatter IMF_FIXDATE = formatter("d MMM uuuu HH:mm:ss 'GMT'");

  /** {@code Sun Nov 6 08:49:37 1994}. */
  private static final DateTimeFormatter ASCTIME = formatter("MMM ppd HH:mm:ss uuuu");

  /** How far in the future a year of two digits may be (RFC 9110, 5.6.7). */
  private static final int YEARS_AHEAD = 50;

  private RetryAfter() {}

  private static DateTimeFormatter formatter(String pattern) {
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern(pattern)
        .toFormatter(Locale.ENGLISH);
  }

  /** {@code Sunday, 06-Nov-94 08:49:37 GMT}. */
  private static DateTimeFormatter rfc850(Instant now) {
    LocalDate earliest = LocalDate.ofInstant(now, ZoneOffset.UTC).minusYears(99 - YEARS_AHEAD);
    return new DateTimeFormatterBuilder()
        .parseCaseInsensitive()
        .appendPattern("d-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, earliest)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.ENGLISH);
  }

  /**
   * Returns how long the header asks to wait: zero for a date in the past, and the longest duration
   * for a number beyond it. Null when there is no such header, or it is neither a number nor a
   * date.
   */
  public static @Nullable Duration of(Headers headers, Instant now) {
    String value = headers.first("retry-after").map(String::strip).orElse("");
    if (DIGITS.matcher(value).matches()) {
      return Duration.ofSeconds(saturated(value));
    }
    Instant at = date(value, now);
    if (at == null) {
      return null;
    }
    return at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO;
  }

  private static long saturated(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException tooLarge) {
      return Long.MAX_VALUE;
    }
  }

  private static @Nullable Instant date(String value, Instant now) {
    String date = DAY_OF_WEEK.matcher(value).replaceFirst("");
    for (DateTimeFormatter form : new DateTimeFormatter[] {IMF_FIXDATE, rfc850(now), ASCTIME}) {
      try {
        return LocalDateTime.parse(date, form).toInstant(ZoneOffset.UTC);
      } catch (DateTimeException otherForm) {
        // the next one
      }
    }
    return null;
  }
}
