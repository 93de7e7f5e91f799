package io.w7s.sdk.internal.text;

import io.w7s.sdk.Headers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** The {@code retry-after} header: seconds, or an HTTP date. */
public final class RetryAfter {

  private RetryAfter() {}

  /**
   * Returns the wait that the headers ask for, zero for a date in the past; null when they do not,
   * or not clearly.
   */
  public static @Nullable Duration of(Headers headers, Instant now) {
    String value = headers.first("retry-after").map(String::trim).orElse("");
    if (value.isEmpty()) {
      return null;
    }
    try {
      if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return Duration.ofSeconds(Long.parseLong(value));
      }
      Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO;
    } catch (NumberFormatException | DateTimeException notClear) {
      return null;
    }
  }
}
