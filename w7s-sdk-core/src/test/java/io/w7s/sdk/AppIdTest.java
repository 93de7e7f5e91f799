package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppIdTest {

  @Test
  void both_parts_are_normalised_so_that_spellings_of_one_app_are_equal() {
    assertThat(new AppId(" ACME ", "My Worker")).isEqualTo(new AppId("acme", "my-worker"));
    assertThat(AppId.parse("Acme/Worker")).hasSameHashCodeAs(AppId.parse("acme/worker"));
  }

  @Test
  void text_and_id_go_back_and_forth() {
    AppId app = AppId.parse("acme/worker.v2_x");
    assertThat(app.owner()).isEqualTo("acme");
    assertThat(app.repo()).isEqualTo("worker.v2_x");
    assertThat(app).hasToString("acme/worker.v2_x");
    assertThat(AppId.parse(app.toString())).isEqualTo(app);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "acme", "acme/a/b", "acme//worker", "//"})
  void an_id_has_exactly_one_slash(String text) {
    assertThatThrownBy(() -> AppId.parse(text))
        .isInstanceOfSatisfying(
            InvalidInputException.class, e -> assertThat(e.field()).isEqualTo("app"))
        .hasMessageContaining("owner/repo");
  }

  @Test
  void the_error_names_the_part_that_is_wrong() {
    assertThatThrownBy(() -> AppId.parse("/worker"))
        .hasMessageStartingWith("app owner: found empty text, must be 1 to 100 ");
    assertThatThrownBy(() -> AppId.parse("acme/--"))
        .hasMessageStartingWith("app repo: found \"--\", must be 1 to 100 ");
    assertThatThrownBy(() -> new AppId("acme", "r".repeat(101)))
        .hasMessageStartingWith("app repo: found \"" + "r".repeat(60) + "…\"");
  }

  @Test
  void white_space_around_a_part_does_not_count_even_where_it_does_not_break() {
    assertThat(new AppId("\u00a0acme\u00a0", "\ufeffworker\n")).hasToString("acme/worker");
  }

  @Test
  void the_length_is_that_of_the_normalised_part() {
    assertThat(new AppId("-".repeat(200) + "acme", "x").owner()).isEqualTo("acme");
  }
}
