package io.w7s.sdk.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonValuesTest {

  @Test
  void eachKindOfJsonHasItsJavaType() {
    Object value =
        JsonValues.parse(
            "{\"b\":[true,null,\"x\"],\"a\":{\"n\":1},\"f\":1.50,\"i\":" + "9".repeat(30) + "}");

    assertThat(value)
        .isEqualTo(
            Map.of(
                "b",
                Arrays.asList(true, null, "x"),
                "a",
                Map.of("n", 1L),
                "f",
                new BigDecimal("1.50"),
                "i",
                new BigInteger("9".repeat(30))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{\"z\":1,\"a\":[{},[],\"\\u0000ž🐎\\ud800\",-0.5,1E+2,1E-300]}",
        "[9223372036854775807,-9223372036854775808,9223372036854775808]",
      })
  void textThatWasWrittenIsReadBackAndWrittenAlike(String json) {
    Object value = JsonValues.parse(json);
    String written = JsonValues.write(value);

    assertThat(JsonValues.parse(written)).isEqualTo(value);
    assertThat(JsonValues.write(JsonValues.parse(written))).isEqualTo(written);
    assertThat(JsonValues.parse(JsonValues.writePretty(value))).isEqualTo(value);
  }

  @Test
  void aWholeNumberIsTheSameValueHoweverItIsWritten() {
    assertThat(JsonValues.parse("1e0")).isEqualTo(1L);
    assertThat(JsonValues.parse("-0")).isEqualTo(0L);
  }

  @Test
  void ofAKeyGivenTwiceTheLastCountsAsOnThePlatform() {
    assertThat(JsonValues.parse("{\"a\":1,\"a\":2}")).isEqualTo(Map.of("a", 2L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{hunter2 | line 1, column 2",
        "{} hunter2 | line 1, column 4",
        "{} {} | line 1, column 4",
        "[1,hunter2] | line 1, column 4",
        "\"hunter2 | line 1, column ",
        "{\"hunter2\":} | line 1, column 12",
        "[01] | line 1, column 3",
        "[NaN] | line 1, column 5",
        "{'a':1} | line 1, column 2",
        "[1,] | line 1, column 4",
      })
  void whatIsNotJsonIsToldByItsPlaceAndNeverRepeated(String text, String place) {
    assertThatThrownBy(() -> JsonValues.parse(text))
        .isInstanceOfSatisfying(
            InvalidInputException.class, e -> assertThat(e.field()).isEqualTo("$"))
        .hasMessageContaining(place)
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
  }

  @Test
  void nothingAtAllIsNotJson() {
    assertThatThrownBy(() -> JsonValues.parse("  ")).hasMessageContaining("no text at all");
  }

  @ParameterizedTest
  @ValueSource(ints = {1_001, 100_000})
  void depthIsBounded(int depth) {
    String json = "[".repeat(depth) + "]".repeat(depth);
    assertThatThrownBy(() -> JsonValues.parse(json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("at most 1000 levels");
    assertThat(JsonValues.parse("[".repeat(1_000) + "]".repeat(1_000))).isInstanceOf(List.class);
  }

  @Test
  void numbersOutOfAllProportionAreRefused() {
    assertThatThrownBy(() -> JsonValues.parse("9".repeat(2_000)))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> JsonValues.parse("1e99999999999"))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void bytesAreUtf8WithOrWithoutAByteOrderMark() {
    assertThat(JsonValues.parse("\ufeff\"ž\"".getBytes(UTF_8))).isEqualTo("ž");
    assertThatThrownBy(() -> JsonValues.parse(new byte[] {'"', (byte) 0xff, '"'}))
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void whatIsReadCannotBeChanged() {
    @SuppressWarnings("unchecked")
    var list = (List<Object>) JsonValues.parse("[1]");
    @SuppressWarnings("unchecked")
    var map = (Map<String, Object>) JsonValues.parse("{}");

    assertThatThrownBy(() -> list.add(2L)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.put("a", 2L)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void onlyJsonValuesCanBeWritten() {
    assertThatThrownBy(() -> JsonValues.write(List.of(new StringBuilder())))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> JsonValues.write(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
