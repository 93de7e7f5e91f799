package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

  @Test
  void ignoresTheCaseOfNames() {
    Headers headers = Headers.of("X-Id", "1");

    assertThat(headers.first("x-iD")).contains("1");
    assertThat(headers.has("X-ID")).isTrue();
    assertThat(headers).isEqualTo(Headers.of("x-id", "1"));
  }

  @Test
  void replacesWithWithAndAddsWithPlus() {
    Headers headers = Headers.of("a", "1").plus("A", "2");

    assertThat(headers.all("a")).containsExactly("1", "2");
    assertThat(headers.with("a", "3").all("a")).containsExactly("3");
    assertThat(headers.with(Headers.of("a", "4").with("b", "5")).all("a")).containsExactly("4");
    assertThat(headers.all("a")).as("the original").containsExactly("1", "2");
  }

  @Test
  void joinsNamesThatDifferInCaseOnly() {
    var map = new LinkedHashMap<String, List<String>>();
    map.put("A", List.of("1"));
    map.put("a", List.of("2", "3"));

    assertThat(Headers.copyOf(map).all("a")).containsExactly("1", "2", "3");
    assertThatThrownBy(() -> Headers.copyOf(Map.of("a", List.of("x\ny"))))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void buildsHeadersMoreThanOnce() {
    Headers.Builder builder = Headers.builder().add("A", "1").add("b", "2").add("a", "3");
    Headers first = builder.build();
    Headers second = builder.add("c", "4").build();

    assertThat(first).isEqualTo(Headers.of("a", "1").plus("a", "3").with("b", "2"));
    assertThat(second).isEqualTo(Headers.of("c", "4"));
    assertThat(builder.build()).isEqualTo(Headers.none());
    assertThatThrownBy(() -> builder.add("a b", "1")).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> builder.add("a", "x\ny")).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void keepsTheOrderOfNames() {
    var seen = new ArrayList<String>();
    Headers.of("B", "1").plus("a", "2").plus("b", "3").forEach((n, v) -> seen.add(n + "=" + v));

    assertThat(seen).containsExactly("b=1", "b=3", "a=2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:b", "a\r", "é", "a(b"})
  void refusesNamesThatAreNotTokens(String name) {
    assertThatThrownBy(() -> Headers.of(name, "x"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("header name");
  }

  @Test
  void acceptsAllCharactersOfATokenInNames() {
    var taken = new StringBuilder();
    for (char c = 0; c < 256; c++) {
      try {
        Headers.of("x" + c, "1");
        taken.append(c);
      } catch (InvalidInputException notInNames) {
        // told by what is taken
      }
    }
    assertThat(taken)
        .hasToString(
            "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\r\nx: y", "\u0000", "\u007f"})
  void refusesControlCharactersInValues(String value) {
    assertThatThrownBy(() -> Headers.of("x-id", value))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "header x-id: found text with a control character, must be printable text on one line");
  }

  @Test
  void printsNoValues() {
    assertThat(Headers.of("cookie", "sid=secret").toString()).isEqualTo("[cookie]");
  }
}
