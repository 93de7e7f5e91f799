package io.w7s.sdk.internal.text;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/**
 * Instants as the platform writes them, {@code 2026-05-24T21:59:00.000Z}. Each message has two of
 * them, and {@link DateTimeFormatter} costs more than all of the rest of its envelope; so the one
 * form is read and written by hand.
 */
public final class WireInstant {

  private static final String FORM = "0000-00-00T00:00:00.000Z";

  /** How many characters the platform's form has. */
  public static final int LENGTH = FORM.length();

  private static final DateTimeFormatter MILLISECONDS =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private static final Instant FIRST =
      OffsetDateTime.MIN.toLocalDateTime().toInstant(ZoneOffset.UTC);
  private static final Instant LAST =
      OffsetDateTime.MAX.toLocalDateTime().toInstant(ZoneOffset.UTC);

  private WireInstant() {}

  /**
   * Reads the platform's form, or any other ISO-8601 instant with an offset.
   *
   * @throws DateTimeException when it is neither
   */
  public static Instant parse(String text) {
    return isPlatformForm(text)
        ? Instant.ofEpochSecond(
            LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)).toEpochDay()
                    * 86_400
                + number(text, 11, 13) * 3_600L
                + number(text, 14, 16) * 60L
                + number(text, 17, 19),
            number(text, 20, 23) * 1_000_000L)
        : DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
  }

  /**
   * Returns the platform's form in ASCII, cut to the millisecond. An instant outside the years
   * ±999,999,999 counts as the first or the last of them.
   */
  public static byte[] format(Instant given) {
    Instant instant = given.isAfter(LAST) ? LAST : given.isBefore(FIRST) ? FIRST : given;
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
    if (time.getYear() < 0 || time.getYear() > 9999) {
      return MILLISECONDS.format(instant).getBytes(StandardCharsets.US_ASCII);
    }
    byte[] text = FORM.getBytes(StandardCharsets.US_ASCII);
    put(text, 0, 4, time.getYear());
    put(text, 5, 7, time.getMonthValue());
    put(text, 8, 10, time.getDayOfMonth());
    put(text, 11, 13, time.getHour());
    put(text, 14, 16, time.getMinute());
    put(text, 17, 19, time.getSecond());
    put(text, 20, 23, time.getNano() / 1_000_000);
    return text;
  }

  /** Returns whether a text has the form in which the platform writes an instant. */
  public static boolean isPlatformForm(String text) {
    if (text.length() != FORM.length()) {
      return false;
    }
    for (int i = 0; i < FORM.length(); i++) {
      char expected = FORM.charAt(i);
      char c = text.charAt(i);
      if (expected == '0' ? c < '0' || c > '9' : c != expected) {
        return false;
      }
    }
    return number(text, 11, 13) < 24 && number(text, 14, 16) < 60 && number(text, 17, 19) < 60;
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + text.charAt(i) - '0';
    }
    return number;
  }

  private static void put(byte[] text, int from, int to, int number) {
    int rest = number;
    for (int i = to - 1; i >= from; i--) {
      text[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
