package io.w7s.sdk.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PercentEncodingTest {

  @Property
  void decodesWhateverWasEncoded(@ForAll String text) {
    String valid = withoutLoneSurrogates(text);
    assertThat(PercentEncoding.decode("x", PercentEncoding.component(valid))).isEqualTo(valid);
  }

  @Property
  void decodesTextOfWhichAnyPartIsEscaped(@ForAll String text, @ForAll long choices) {
    String valid = withoutLoneSurrogates(text);
    var encoded = new StringBuilder();
    int[] characters = valid.codePoints().toArray();
    for (int i = 0; i < characters.length; i++) {
      String character = Character.toString(characters[i]);
      boolean escape = character.equals("%") || (choices >> (i % 64) & 1) == 1;
      encoded.append(escape ? escaped(character) : character);
    }

    assertThat(PercentEncoding.decode("x", encoded.toString())).isEqualTo(valid);
  }

  private static String withoutLoneSurrogates(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static String escaped(String character) {
    var escaped = new StringBuilder();
    for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
      String hex = String.format(Locale.ROOT, "%%%02x", b);
      escaped.append((b & 1) == 0 ? hex : hex.toUpperCase(Locale.ROOT));
    }
    return escaped.toString();
  }

  @Test
  void leavesASurrogatePairBesideAnEscapeAsItIs() {
    assertThat(PercentEncoding.decode("x", "\uD83D\uDE80%20\uD83D\uDE80"))
        .isEqualTo("\uD83D\uDE80 \uD83D\uDE80");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%4", "a%", "%4g", "%g1", "%%41", "%+1", "%\u0664\u0661"})
  void refusesABrokenEscape(String broken) {
    assertThatThrownBy(() -> PercentEncoding.decode("x", broken))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("broken percent escape");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%ff", "%C3", "%C3a%A9", "%ED%A0%80", "%C0%AF"})
  void refusesEscapesThatAreNotUtf8(String invalid) {
    assertThatThrownBy(() -> PercentEncoding.decode("x", invalid))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("UTF-8");
  }
}
