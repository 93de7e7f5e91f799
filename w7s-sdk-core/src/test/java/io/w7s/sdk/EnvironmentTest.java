package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

  @Test
  void spellings_of_one_environment_are_equal() {
    assertThat(Environment.of(" Production ")).isEqualTo(Environment.PRODUCTION);
    assertThat(Environment.of("Feature/X")).hasToString("feature-x");
  }

  @Test
  void main_and_master_are_branches_of_production_and_environments_of_their_own() {
    assertThat(Environment.ofBranch("main")).isEqualTo(Environment.PRODUCTION);
    assertThat(Environment.ofBranch("Master")).isEqualTo(Environment.PRODUCTION);
    assertThat(Environment.of("main").name()).isEqualTo("main");
  }

  @Test
  void a_branch_without_letter_or_digit_is_production_and_such_an_environment_is_refused() {
    assertThat(Environment.ofBranch("///")).isEqualTo(Environment.PRODUCTION);
    assertThatThrownBy(() -> Environment.of("///"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("environment: found \"///\", must be ");
  }

  @Test
  void a_long_name_is_cut_and_does_not_end_in_a_hyphen() {
    assertThat(Environment.of("a".repeat(62) + "-b").name()).isEqualTo("a".repeat(62));
  }

  @Property
  void a_name_is_normalised_once_and_for_all(@ForAll String branch) {
    Environment environment = Environment.ofBranch(branch);
    assertThat(environment.name()).matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    assertThat(Environment.of(environment.name())).isEqualTo(environment);
  }
}
