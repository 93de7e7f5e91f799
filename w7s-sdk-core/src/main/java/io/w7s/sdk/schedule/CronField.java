package io.w7s.sdk.schedule;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;

/** One of the five fields of a cron expression: its numbers, read into a set of bits. */
enum CronField {
  MINUTE("minute", 0, 59),
  HOUR("hour", 0, 23),
  DAY_OF_MONTH("day of month", 1, 31),
  MONTH("month", 1, 12),
  /** Sunday is both 0 and 7. */
  DAY_OF_WEEK("day of week", 0, 7);

  private static final int NOT_A_NUMBER = -1;

  private final String title;
  private final int min;
  private final int max;

  CronField(String title, int min, int max) {
    this.title = title;
    this.min = min;
    this.max = max;
  }

  /** Returns the numbers that the text names, bit n for the number n. */
  long parse(String text) {
    long bits = 0;
    for (String part : text.split(",", -1)) {
      bits |= parsePart(text, part);
    }
    return bits;
  }

  private long parsePart(String text, String part) {
    int slash = part.indexOf('/');
    String range = slash < 0 ? part : part.substring(0, slash);
    int step = slash < 0 ? 1 : number(part.substring(slash + 1));
    int hyphen = range.indexOf('-');
    int first;
    int last;
    if (range.equals("*")) {
      first = min;
      last = max;
    } else if (hyphen >= 0) {
      first = number(range.substring(0, hyphen));
      last = number(range.substring(hyphen + 1));
    } else {
      first = number(range);
      last = slash < 0 ? first : NOT_A_NUMBER; // a step needs a range to step through
    }
    if (first < min || last > max || first > last || step < 1 || step > max) {
      throw new InvalidInputException("cron " + title, Names.quoted(text), rule());
    }
    long bits = 0;
    for (int value = first; value <= last; value += step) {
      bits |= 1L << value;
    }
    return bits;
  }

  /** Returns the number; one outside of every field's range when the text is not a number. */
  private static int number(String digits) {
    int number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return NOT_A_NUMBER;
      }
      number = Math.min(number * 10 + (c - '0'), 1000); // no overflow, and still out of range
    }
    return digits.isEmpty() ? NOT_A_NUMBER : number;
  }

  private String rule() {
    return "*, a number from "
        + min
        + " to "
        + max
        + ", a rising range such as 1-5, a step such as */5 or 1-10/2 (at most "
        + max
        + "), or several of these with commas between; no names, no @, ?, L, W or #";
  }
}
