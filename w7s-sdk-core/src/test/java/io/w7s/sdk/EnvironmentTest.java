package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

  @Test
  void treatsSpellingsOfOneEnvironmentAsEqual() {
    assertThat(Environment.of(" Production ")).isEqualTo(Environment.PRODUCTION);
    assertThat(Environment.of("Feature/X")).hasToString("feature-x");
  }

  @Test
  void deploysMainAndMasterToProduction() {
    assertThat(Environment.ofBranch("main")).isEqualTo(Environment.PRODUCTION);
    assertThat(Environment.ofBranch("Master")).isEqualTo(Environment.PRODUCTION);
    assertThat(Environment.of("main").name()).isEqualTo("main");
  }

  @Test
  void refusesNamesWithoutALetterOrDigit() {
    assertThat(Environment.ofBranch("///")).isEqualTo(Environment.PRODUCTION);
    assertThatThrownBy(() -> Environment.of("///"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("environment: found \"///\", must be ");
  }

  @Test
  void cutsLongNamesWithoutAHyphenAtTheEnd() {
    assertThat(Environment.of("a".repeat(62) + "-b").name()).isEqualTo("a".repeat(62));
  }

  @Property
  void normalisesANameOnce(@ForAll String branch) {
    Environment environment = Environment.ofBranch(branch);
    assertThat(environment.name()).matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    assertThat(Environment.of(environment.name())).isEqualTo(environment);
  }
}
