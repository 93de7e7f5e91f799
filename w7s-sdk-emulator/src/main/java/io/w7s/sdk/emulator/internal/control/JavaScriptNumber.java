package io.w7s.sdk.emulator.internal.control;

import io.w7s.sdk.internal.text.Names;
import java.math.BigInteger;
import java.util.regex.Pattern;

/** Text as JavaScript's {@code Number(text)} reads it. */
final class JavaScriptNumber {

  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
  private static final Pattern HEXADECIMAL = Pattern.compile("0[xX][0-9a-fA-F]+");
  private static final Pattern OCTAL = Pattern.compile("0[oO][0-7]+");
  private static final Pattern BINARY = Pattern.compile("0[bB][01]+");

  private JavaScriptNumber() {}

  /** Returns the number; NaN when it is none. Empty text is 0. */
  static double of(String text) {
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

  private static double whole(String prefixed, int radix) {
    return new BigInteger(prefixed.substring(2), radix).doubleValue();
  }
}
