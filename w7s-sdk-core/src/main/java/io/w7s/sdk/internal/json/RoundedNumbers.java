package io.w7s.sdk.internal.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Finds numbers that the platform cannot keep. It parses a body and writes it again, as JavaScript
 * does, where every number is a double.
 *
 * <p>Every body that is sent is looked through, so this reads only a part of its bytes: such a
 * number is at least 16 characters long, or has an exponent of three digits.
 */
public final class RoundedNumbers {

  /** As many digits as 2^53 has, and the fewest that a double may not hold. */
  private static final String MAX_WHOLE = "9007199254740992";

  private static final String WHOLE = "a number beyond ±2^53 (9,007,199,254,740,992)";

  private static final int SHORTEST_RUN = MAX_WHOLE.length();

  /** JavaScript writes no more. */
  private static final int MOST_DIGITS = 17;

  /** So many digits a double keeps, whatever its exponent. */
  private static final int KEPT_DIGITS = 15;

  private static final double MAX_WHOLE_DOUBLE = 0x1p53;

  private static final int SHORTEST_EXPONENT = 3;

  /** Reads a body of any depth and with numbers and names of any length. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long LOW_BITS = 0x0101010101010101L;

  private RoundedNumbers() {}

  /**
   * A number that the platform changes.
   *
   * @param path where it is, for example {@code $.items[0].id}
   * @param kind what kind of number it is, without its digits
   */
  public record Found(String path, String kind) {}

  /** Returns the first number that the platform changes; null when there is none. */
  public static @Nullable Found first(byte[] json) {
    return hasLongNumber(json) || hasLongExponent(json) ? parsed(json) : null;
  }

  /** Looks at every 16th byte: a run of 16 digits cannot lie between two of them. */
  private static boolean hasLongNumber(byte[] json) {
    for (int i = SHORTEST_RUN - 1; i < json.length; i += SHORTEST_RUN) {
      if (isDigitOrPoint(json[i])) {
        int start = i;
        while (start > 0 && isDigitOrPoint(json[start - 1])) {
          start--;
        }
        int end = i + 1;
        while (end < json.length && isDigitOrPoint(json[end])) {
          end++;
        }
        if (end - start >= SHORTEST_RUN) {
          end = numberEnd(json, end);
          if (isChanged(json, numberStart(json, start), end)) {
            return true;
          }
        }
        i = end - 1;
      }
    }
    return false;
  }

  /** Looks for an exponent of three digits, eight bytes at a time. */
  private static boolean hasLongExponent(byte[] json) {
    int i = 1;
    while (i < json.length) {
      if (i <= json.length - Long.BYTES && hasNoExponent(json, i)) {
        i += Long.BYTES;
        continue;
      }
      int blockEnd = Math.min(i + Long.BYTES, json.length);
      while (i < blockEnd) {
        if (isLongExponent(json, i)) {
          int end = numberEnd(json, i);
          if (isChanged(json, numberStart(json, i), end)) {
            return true;
          }
          i = end;
        } else {
          i++;
        }
      }
    }
    return false;
  }

  /** Whether none of eight bytes is an e or E with a digit before it; may say no when unsure. */
  private static boolean hasNoExponent(byte[] json, int start) {
    long letters = ((long) LONGS.get(json, start) | 0x2020202020202020L) ^ 0x6565656565656565L;
    long exponents = (letters - LOW_BITS) & ~letters & HIGH_BITS;
    if (exponents == 0) {
      return true;
    }
    long before = (long) LONGS.get(json, start - 1) ^ 0x3030303030303030L;
    long noDigits = ((before & ~HIGH_BITS) + 0x7676767676767676L) | before;
    return (exponents & ~noDigits) == 0;
  }

  private static boolean isLongExponent(byte[] json, int i) {
    if ((json[i] | 0x20) != 'e' || !isDigit(json[i - 1])) {
      return false;
    }
    int start = i + 1;
    if (start < json.length && (json[start] == '+' || json[start] == '-')) {
      start++;
    }
    int end = start;
    while (end < json.length && end - start < SHORTEST_EXPONENT && isDigit(json[end])) {
      end++;
    }
    return end - start == SHORTEST_EXPONENT;
  }

  private static int numberStart(byte[] json, int index) {
    int start = index;
    while (start > 0 && isOfNumber(json[start - 1])) {
      start--;
    }
    return start;
  }

  private static int numberEnd(byte[] json, int index) {
    int end = index;
    while (end < json.length && isOfNumber(json[end])) {
      end++;
    }
    return end;
  }

  /** Whether a part is a changed number, or text that looks like one. */
  private static boolean isChanged(byte[] json, int start, int end) {
    return (start == 0 || isBetweenValues(json[start - 1]))
        && (end == json.length || isBetweenValues(json[end]))
        && kind(new String(json, start, end - start, StandardCharsets.US_ASCII)) != null;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean isDigitOrPoint(byte b) {
    return isDigit(b) || b == '.';
  }

  private static boolean isOfNumber(byte b) {
    return isDigitOrPoint(b) || b == '-' || b == '+' || (b | 0x20) == 'e';
  }

  private static boolean isBetweenValues(byte b) {
    return switch (b) {
      case ':', ',', '[', ']', '{', '}', ' ', '\t', '\r', '\n' -> true;
      default -> false;
    };
  }

  private static @Nullable Found parsed(byte[] json) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isNumeric()) {
          String kind = kind(parser.getString());
          if (kind != null) {
            return new Found(path(parser.streamReadContext()).toString(), kind);
          }
        }
      }
      return null;
    } catch (JacksonException notJson) {
      return null; // which is refused elsewhere
    }
  }

  private static JsonPlace path(TokenStreamContext context) {
    if (context.inRoot()) {
      return new JsonPlace();
    }
    JsonPlace outer = path(context.getParent());
    return context.inArray()
        ? outer.element(context.getCurrentIndex())
        : outer.field(null, context.currentName());
  }

  /** Returns what kind of number the platform changes; null for one that it keeps. */
  static @Nullable String kind(String number) {
    String mantissa = number.startsWith("-") ? number.substring(1) : number;
    int exponent = Math.max(mantissa.indexOf('e'), mantissa.indexOf('E'));
    if (exponent >= 0) {
      mantissa = mantissa.substring(0, exponent);
    }
    int point = mantissa.indexOf('.');
    String whole = point < 0 ? mantissa : mantissa.substring(0, point);
    if (exponent < 0 && isBeyondMaxWhole(whole)) {
      return WHOLE;
    }
    if (significantDigits(mantissa) > MOST_DIGITS && !isWrittenDouble(number)) {
      return "a number of more than " + MOST_DIGITS + " digits";
    }
    if (exponent >= 0 && significantDigits(mantissa) > 0 && !isDouble(number)) {
      return "a number outside of the range of a double";
    }
    return exponent >= 0 && isRoundedWhole(number, significantDigits(mantissa)) ? WHOLE : null;
  }

  /** Whether a number with an exponent, as {@link BigDecimal} has them, is a long whole number. */
  private static boolean isRoundedWhole(String number, int digits) {
    return digits > KEPT_DIGITS
        && Math.abs(Double.parseDouble(number)) > MAX_WHOLE_DOUBLE
        && !isNearest(number, digits)
        && !isWrittenDouble(number);
  }

  /** Whether no number with as many digits is nearer to the double that a number is read as. */
  private static boolean isNearest(String number, int digits) {
    BigDecimal read = new BigDecimal(Double.parseDouble(number));
    return read.round(new MathContext(digits)).compareTo(new BigDecimal(number)) == 0;
  }

  private static boolean isBeyondMaxWhole(String digits) {
    return digits.length() > MAX_WHOLE.length()
        || (digits.length() == MAX_WHOLE.length() && digits.compareTo(MAX_WHOLE) > 0);
  }

  /** Counts digits from the first to the last that is not zero. */
  private static int significantDigits(String mantissa) {
    String digits = mantissa.replace(".", "");
    int start = 0;
    while (start < digits.length() && digits.charAt(start) == '0') {
      start++;
    }
    int end = digits.length();
    while (end > start && digits.charAt(end - 1) == '0') {
      end--;
    }
    return end - start;
  }

  /** Whether Java writes some double like this: before JDK 19 it may write a digit too many. */
  private static boolean isWrittenDouble(String number) {
    try {
      double value = Double.parseDouble(number);
      return Double.isFinite(value)
          && new BigDecimal(Double.toString(value)).compareTo(new BigDecimal(number)) == 0;
    } catch (NumberFormatException text) {
      return false;
    }
  }

  private static boolean isDouble(String number) {
    try {
      double value = Double.parseDouble(number);
      return value != 0 && !Double.isInfinite(value);
    } catch (NumberFormatException text) {
      return true; // not a number, so not one that is changed
    }
  }
}
