package io.w7s.sdk.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathTemplateTest {

  /** What the platform does with a segment: it decodes it and makes a URL of the result. */
  private static String throughThePlatform(String path) {
    var url = new StringBuilder();
    for (String segment : path.substring(1).split("/", -1)) {
      String decoded = PercentEncoding.decode("path", segment);
      assertThat(decoded).isNotIn("", ".", "..").doesNotContain("/", "\\");
      url.append('/');
      for (int c : decoded.codePoints().toArray()) {
        String text = Character.toString(c);
        boolean escaped = c <= ' ' || c >= 127 || "\"#<>?^`{}".contains(text);
        url.append(escaped ? PercentEncoding.component(text) : text);
      }
    }
    return url.toString();
  }

  @Property
  void deliversEveryValueAsItIsOrRefusesIt(@ForAll String value) {
    PathTemplate template = PathTemplate.parse("/orders/{id}/lines");
    String path;
    try {
      path = template.expand(Map.of("id", value));
    } catch (InvalidInputException refused) {
      Assume.that(false);
      return;
    }
    assertThat(path).matches("[\\x21-\\x7E]+");
    assertThat(template.match(path)).isEqualTo(Map.of("id", value));
    assertThat(template.match(throughThePlatform(path))).isEqualTo(Map.of("id", value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ord_1", "a b", "é", "日本", "😀", "a?b#c", "a+b&c=d;e", "~!$'()*,:@", "...", "a."})
  void acceptsValuesThatArriveAsTheyAre(String value) {
    PathTemplate template = PathTemplate.parse("/o/{id}");
    String path = template.expand(Map.of("id", value));
    assertThat(template.match(throughThePlatform(path))).isEqualTo(Map.of("id", value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a/b",
        "/",
        "\\x",
        "a\\",
        "100%",
        "%41",
        "a%2Fb",
        "%2e%2e",
        "a\nb",
        "a\tb",
        "\u0000",
        "\u007f",
        "\u0085",
        "\uD800",
        "\uDC00\uD800",
        "a\uD83D"
      })
  void refusesValuesThatWouldArriveAsSomethingElse(String value) {
    assertThatThrownBy(() -> PathTemplate.parse("/o/{id}").expand(Map.of("id", value)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("path variable id")
        .hasMessageContaining("in the query or the body");
  }

  @Test
  void matchesOnlyPathsOfItsShape() {
    PathTemplate template = PathTemplate.parse("/orders/{id}");

    assertThat(template.match("/orders/1")).isEqualTo(Map.of("id", "1"));
    assertThat(template.match("/orders/")).isNull();
    assertThat(template.match("/orders")).isNull();
    assertThat(template.match("/orders/1/")).isNull();
    assertThat(template.match("/Orders/1")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "/caf%C3%A9/{id}, /caf%c3%a9/1",
    "/%41/{id}, /A/1",
    "/A/{id}, /%41/1",
    "/a%5Bb/{id}, /a[b/1"
  })
  void matchesSegmentsHoweverTheyAreEscaped(String path, String request) {
    assertThat(PathTemplate.parse(path).match(request)).isEqualTo(Map.of("id", "1"));
  }

  @Test
  void doesNotMatchALiteralWithABrokenEscape() {
    assertThat(PathTemplate.parse("/a/{id}").match("/%zz/1")).isNull();
  }

  @Test
  void overlapsTheSameSegmentsHoweverTheyAreEscaped() {
    PathTemplate template = PathTemplate.parse("/%41/{id}");
    assertThat(template.overlaps(PathTemplate.parse("/A/{other}"))).isTrue();
    assertThat(template.overlaps(PathTemplate.parse("/B/{other}"))).isFalse();
    assertThat(template.overlaps(PathTemplate.parse("/A"))).isFalse();
  }

  @Test
  void refusesMissingAndUnknownVariables() {
    assertThatThrownBy(() -> PathTemplate.parse("/o/{id}").expand(Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("[id], as in \"/o/{id}\"");
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
        "/ü",
        "/a\\b",
        "/%",
        "/%zz",
        "/%ff",
        "/.",
        "/a/../b",
        "/%2e%2E/b",
        "/a%2Fb",
        "/a%5Cb",
        "/100%25",
        "/a%0Ab"
      })
  void refusesPathsThatAreInvalidOrWouldArriveAsSomethingElse(String path) {
    assertThatThrownBy(() -> PathTemplate.parse(path)).isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/a/", "/a/b.c", "/a+b", "/~!$&'()*,;=:@-_", "/caf%C3%A9", "/%3F"})
  void acceptsPathsThatArriveAsTheyAre(String path) {
    assertThat(PathTemplate.expand(path, Map.of())).isEqualTo(path);
    assertThat(PathTemplate.parse(path).match(path)).isEmpty();
  }

  @Test
  void refusesToCallAPathWithTwoSlashesInARow() {
    assertThatThrownBy(() -> PathTemplate.expand("/a//b", Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("a path without //");
    assertThatThrownBy(() -> PathTemplate.expand("/a//{id}", Map.of("id", "1")))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void readsAQueryWithRepeatedAndEmptyParameters() {
    assertThat(PercentEncoding.query("a=1&b&a=&&c=%26"))
        .isEqualTo(Map.of("a", List.of("1", ""), "b", List.of(""), "c", List.of("&")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%1", "%zz", "%ff", "a%", "100%", "%é1", "%ff%zz%c3", "%%"})
  void keepsABrokenEscapeOfAQueryAsItIs(String text) {
    assertThat(PercentEncoding.query("q=" + text)).isEqualTo(Map.of("q", List.of(text)));
    assertThat(PercentEncoding.query(text)).isEqualTo(Map.of(text, List.of("")));
    assertThat(PercentEncoding.query("a=%C3%A9+" + text + "&b=%26"))
        .isEqualTo(Map.of("a", List.of("é " + text), "b", List.of("&")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%1", "%zz", "%ff", "a%"})
  void refusesABrokenEscape(String text) {
    assertThatThrownBy(() -> PercentEncoding.decode("path", text))
        .isInstanceOf(InvalidInputException.class);
  }
}
