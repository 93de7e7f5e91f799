package io.w7s.sdk.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathTemplateTest {

  @Property
  void whatWasExpandedIsMatchedBack(@ForAll @NotEmpty String value) {
    Assume.that(value.indexOf('/') < 0 && !value.equals(".") && !value.equals(".."));
    Assume.that(value.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF));
    PathTemplate template = PathTemplate.parse("/orders/{id}/lines");

    String path = template.expand(Map.of("id", value));

    assertThat(path).matches("[\\x21-\\x7E]+");
    assertThat(template.match(path)).isEqualTo(Map.of("id", value));
  }

  @Test
  void aTemplateMatchesOnlyPathsOfItsShape() {
    PathTemplate template = PathTemplate.parse("/orders/{id}");

    assertThat(template.match("/orders/1")).isEqualTo(Map.of("id", "1"));
    assertThat(template.match("/orders/")).isNull();
    assertThat(template.match("/orders")).isNull();
    assertThat(template.match("/orders/1/")).isNull();
    assertThat(template.match("/Orders/1")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b"})
  void aValueThatIsNotOneSegmentIsRefused(String value) {
    assertThatThrownBy(() -> PathTemplate.parse("/o/{id}").expand(Map.of("id", value)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("path variable id");
  }

  @Test
  void missingAndSurplusVariablesAreRefused() {
    assertThatThrownBy(() -> PathTemplate.parse("/o/{id}").expand(Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("[id], as /o/{id} has them");
    assertThatThrownBy(() -> PathTemplate.parse("/o").expand(Map.of("id", "1")))
        .isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "orders",
        "//orders",
        "/o?a=b",
        "/o#a",
        "/o/{id}x",
        "/o/{id}/{id}",
        "/a b",
        "/ü"
      })
  void aPathThatIsNotOneIsRefused(String path) {
    assertThatThrownBy(() -> PathTemplate.parse(path)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void aQueryIsReadWithItsRepeatedAndEmptyParameters() {
    assertThat(PercentEncoding.query("a=1&b&a=&&c=%26"))
        .isEqualTo(Map.of("a", List.of("1", ""), "b", List.of(""), "c", List.of("&")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%1", "%zz", "%ff", "a%"})
  void aBrokenEscapeIsRefused(String text) {
    assertThatThrownBy(() -> PercentEncoding.decode("path", text))
        .isInstanceOf(InvalidInputException.class);
  }
}
