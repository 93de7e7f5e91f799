package io.w7s.sdk.emulator.internal.wire;

import io.w7s.sdk.internal.text.Names;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.regex.Pattern;

/** Numbers as JavaScript reads and writes them. */
public final class JavaScriptNumber {

  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
  private static final Pattern HEXADECIMAL = Pattern.compile("0[xX][0-9a-fA-F]+");
  private static final Pattern OCTAL = Pattern.compile("0[oO][0-7]+");
  private static final Pattern BINARY = Pattern.compile("0[bB][01]+");

  private JavaScriptNumber() {}

  /** Returns what {@code Number(text)} is: NaN when the text is no number, 0 when it is empty. */
  public static double of(String text) {
    String trimmed = Names.trimmed(text);
    if (trimmed.isEmpty()) {
      return 0;
    }
    if (DECIMAL.matcher(trimmed).matches()) {
      return Double.parseDouble(trimmed);
    }
    if (HEXADECIMAL.matcher(trimmed).matches()) {
      return whole(trimmed, 16);
    }
    if (OCTAL.matcher(trimmed).matches()) {
      return whole(trimmed, 8);
    }
    if (BINARY.matcher(trimmed).matches()) {
      return whole(trimmed, 2);
    }
    return switch (trimmed) {
      case "Infinity", "+Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.NaN;
    };
  }

  /**
   * Returns the text of a finite number, as {@code String(number)} does: the fewest digits that
   * distinguish it from every other double, with an exponent below 1e-6 and from 1e21 on.
   */
  public static String text(double number) {
    if (number == 0) {
      return "0";
    }
    BigDecimal shortest = shortest(Math.abs(number));
    String digits = shortest.unscaledValue().toString();
    int point = digits.length() - shortest.scale(); // the digits before the decimal point
    String sign = number < 0 ? "-" : "";
    if (point > 21 || point < -5) {
      int exponent = point - 1;
      String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
      return sign + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "" : "+") + exponent;
    }
    if (point <= 0) {
      return sign + "0." + "0".repeat(-point) + digits;
    }
    return point >= digits.length()
        ? sign + digits + "0".repeat(point - digits.length())
        : sign + digits.substring(0, point) + "." + digits.substring(point);
  }

  /** Before JDK 19, Double.toString sometimes returns one digit too many. */
  private static BigDecimal shortest(double number) {
    var exact = new BigDecimal(number);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == number) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new MathContext(17)).stripTrailingZeros();
  }

  private static double whole(String prefixed, int radix) {
    return new BigInteger(prefixed.substring(2), radix).doubleValue();
  }
}
