package io.w7s.sdk.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is sought is found wherever it stands, and nothing else is. */
class ByteSearchTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "needle, needle, true",
    "needle, xxneedle, true",
    "needle, needlexx, true",
    "needle, needl, false",
    "needle, '', false",
    "aab, aaaaab, true",
    "aab, aaaaaa, false",
    "n, xxn, true",
    "nn, nxn, false"
  })
  void findsWhatIsThere(String sought, String text, boolean found) {
    byte[] array = bytes("needle" + text + "needle");
    assertThat(new ByteSearch(bytes(sought)).isIn(array, 6, bytes(text).length)).isEqualTo(found);
  }

  @Property(tries = 2000)
  void findsWhatTextFinds(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int length) {
    var random = new Random(seed);
    String text = letters(random, random.nextInt(60));
    String sought = letters(random, length);
    assertThat(new ByteSearch(bytes(sought)).isIn(bytes(text), 0, text.length()))
        .isEqualTo(text.contains(sought));
  }

  private static String letters(Random random, int length) {
    return random
        .ints(length, 'a', 'd')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
