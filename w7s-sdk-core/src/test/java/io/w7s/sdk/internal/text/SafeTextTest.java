package io.w7s.sdk.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a foreign text is shown. */
class SafeTextTest {

  @Test
  void keepsPrintableText() {
    String text = "grüße 👋 from \"acme/shop\" \\ 100%";

    assertThat(SafeText.of(text)).isEqualTo(text);
    assertThat(SafeText.of("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "000a, \\n",
    "000d, \\r",
    "0009, \\t",
    "0000, \\u0000",
    "001b, \\u001b",
    "007f, \\u007f",
    "0085, \\u0085",
    "2028, \\u2028",
    "2029, \\u2029",
    "202e, \\u202e",
    "feff, \\ufeff",
    "d800, \\ud800",
    "dc00, \\udc00",
    "0378, \\u0378",
  })
  void escapesWhatIsNotPrintable(String codeUnit, String escaped) {
    char c = (char) Integer.parseInt(codeUnit, 16);

    assertThat(SafeText.of("a" + c + "b")).isEqualTo("a" + escaped + "b");
  }

  @Test
  void cutsALongTextAndTellsItsLength() {
    assertThat(SafeText.of("x".repeat(201))).isEqualTo("x".repeat(200) + "… (201 characters)");
    assertThat(SafeText.of("x".repeat(200))).isEqualTo("x".repeat(200));
    assertThat(SafeText.of("abc👋", 4)).isEqualTo("abc… (5 characters)");
    assertThat(SafeText.of("abc👋", 5)).isEqualTo("abc👋");
  }

  @Test
  void countsEscapesAsTheyAreShown() {
    assertThat(SafeText.of("\u0000".repeat(100), 13)).isEqualTo("\\u0000\\u0000… (100 characters)");
  }

  @Property
  void isBoundedAndPrintable(@ForAll String text, @ForAll @IntRange(max = 50) int maxLength) {
    String shown = SafeText.of(text, maxLength);

    assertThat(shown).hasSizeLessThanOrEqualTo(maxLength + 32);
    assertThat(shown.chars()).noneMatch(Character::isISOControl);
    assertThat(SafeText.of(shown, 1_000)).as("nothing is left to escape").isEqualTo(shown);
  }
}
