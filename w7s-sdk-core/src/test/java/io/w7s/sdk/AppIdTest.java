package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppIdTest {

  @Test
  void treatsSpellingsOfOneAppAsEqual() {
    assertThat(new AppId(" ACME ", "My Worker")).isEqualTo(new AppId("acme", "my-worker"));
    assertThat(AppId.parse("Acme/Worker")).hasSameHashCodeAs(AppId.parse("acme/worker"));
  }

  @Test
  void readsTheTextThatItWrites() {
    AppId app = AppId.parse("acme/worker.v2_x");
    assertThat(app.owner()).isEqualTo("acme");
    assertThat(app.repo()).isEqualTo("worker.v2_x");
    assertThat(app).hasToString("acme/worker.v2_x");
    assertThat(AppId.parse(app.toString())).isEqualTo(app);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "acme", "acme/a/b", "acme//worker", "//"})
  void refusesTextWithoutExactlyOneSlash(String text) {
    assertThatThrownBy(() -> AppId.parse(text))
        .isInstanceOfSatisfying(
            InvalidInputException.class, e -> assertThat(e.field()).isEqualTo("app"))
        .hasMessageContaining("owner/repo");
  }

  @Test
  void namesTheInvalidPart() {
    assertThatThrownBy(() -> AppId.parse("/worker"))
        .hasMessageStartingWith("app owner: found empty text, must be 1 to 100 ");
    assertThatThrownBy(() -> AppId.parse("acme/--"))
        .hasMessageStartingWith("app repo: found \"--\", must be 1 to 100 ");
    assertThatThrownBy(() -> new AppId("acme", "r".repeat(101)))
        .hasMessageStartingWith("app repo: found \"" + "r".repeat(60) + "…\"");
  }

  @Test
  void ignoresWhiteSpaceAroundAPart() {
    assertThat(new AppId("\u00a0acme\u00a0", "\ufeffworker\n")).hasToString("acme/worker");
  }

  @Test
  void limitsTheLengthOfTheNormalisedPart() {
    assertThat(new AppId("-".repeat(200) + "acme", "x").owner()).isEqualTo("acme");
  }
}
