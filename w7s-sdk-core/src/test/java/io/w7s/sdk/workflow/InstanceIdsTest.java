package io.w7s.sdk.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.error.InvalidInputException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ids that a workflow start accepts, and those that are made of any text. */
class InstanceIdsTest {

  private static StartOptions start() {
    return new StartOptions(CallOptions.defaults());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "0", "order-123", "a-b-c", "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"})
  void acceptsIdsThatThePlatformKeeps(String id) {
    assertThat(start().instanceId(id).instanceId()).hasValue(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A_1",
        "ORDER-42",
        "a_b",
        "a.b",
        "a-_b",
        "v1.-2",
        "a--b",
        "-a",
        "a-",
        "order.",
        ".a",
        "日本",
        "注文",
        "!!!",
        "---",
        "a b",
        " a",
        "a\n",
        "Order #123/Überweg",
        "2026-05-25T12:00:00.000Z",
        "\u212A1", // the Kelvin sign, whose lower case is k
        "\u0131",
        "٣",
        "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"
      })
  void refusesIdsThatThePlatformWouldChangeAndNamesASafeOne(String id) {
    assertThatThrownBy(() -> start().instanceId(id))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1 to 40 characters of a-z, 0-9 and single hyphens between them")
        .hasMessageContaining("use InstanceIds.of(text), here \"" + InstanceIds.of(id) + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n"})
  void refusesBlankIds(String blank) {
    assertThatThrownBy(() -> start().instanceId(blank)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> InstanceIds.of(blank)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void boundsWhatAMessageRepeats() {
    assertThatThrownBy(() -> start().instanceId("x\r\n".repeat(100_000)))
        .hasMessageNotContaining("\n")
        .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(400));
  }

  @Property
  void makesAnAcceptableIdOfAnyText(@ForAll String text) {
    Assume.that(!text.isBlank());
    String id = InstanceIds.of(text);

    assertThat(id).matches("[a-z0-9]+(-[a-z0-9]+)*").hasSizeLessThanOrEqualTo(40);
    assertThat(InstanceIds.of(text)).isEqualTo(id);
    assertThatCode(() -> start().instanceId(id)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "Order/日本 1, order-1-",
    "Order 42/EU, order-42-eu-",
    "a, a-",
    "--A__b--, a-b-",
    "abcdefghijklmnopqrstuvwxyz0123, abcdefghijklmnopqrstuvwxyz-",
    "abcdefghijklmnopqrstuvwxy z, abcdefghijklmnopqrstuvwxy-"
  })
  void keepsTheReadableBeginningOfTheText(String text, String beginning) {
    assertThat(InstanceIds.of(text)).startsWith(beginning).hasSize(beginning.length() + 13);
  }

  @Test
  void makesTheSameIdInEveryVersion() {
    assertThat(InstanceIds.of("order-123")).isEqualTo("order-123-3ewxl4ymud43n");
    assertThat(InstanceIds.of("日本")).isEqualTo("16moorzabphby");
  }

  @Test
  void makesDifferentIdsOfTextsThatThePlatformWouldFold() {
    List<String> texts =
        List.of(
            "A_1",
            "a-1",
            "a.1",
            "a 1",
            "日本",
            "注文",
            "!!!",
            "???",
            "\uD800",
            "\uD801",
            "?",
            "x".repeat(40) + "1",
            "x".repeat(40) + "2",
            "a-_b",
            "a--b",
            "a-b");
    Map<String, String> ids = new HashMap<>();
    texts.forEach(text -> ids.put(InstanceIds.of(text), text));
    assertThat(ids).hasSameSizeAs(texts);
  }
}
