package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.ConfigurationException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules for the variables that name the calling app. */
class CallingAppTest {

  private static final AppId WORKER = AppId.parse("acme/worker");

  private Surroundings around;

  @BeforeEach
  void emptySurroundings(@TempDir Path folder) {
    around = new Surroundings(folder);
  }

  @Test
  void ownerAndRepoNameIt() {
    around.variable("W7S_OWNER", "Acme").variable("W7S_REPO", "Worker");

    assertThat(around.load().app()).isEqualTo(WORKER);
  }

  @Test
  void theThreeVariablesMayAllBeSetWhenTheyAgree() {
    around.variable("W7S_OWNER", "acme").variable("W7S_REPO", "worker");
    around.variable("W7S_REPOSITORY", "Acme/Worker");

    assertThat(around.load().app()).isEqualTo(WORKER);
  }

  @ParameterizedTest
  @CsvSource({"W7S_OWNER, other", "W7S_REPO, other"})
  void variablesThatContradictEachOtherAreRefused(String variable, String value) {
    around.variable("W7S_REPOSITORY", "acme/worker").variable(variable, value);

    assertThatThrownBy(around::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(variable)
        .hasMessageContaining("other")
        .hasMessageContaining("W7S_REPOSITORY")
        .hasMessageContaining("acme/worker");
  }

  @ParameterizedTest
  @CsvSource({"W7S_OWNER, W7S_REPO", "W7S_REPO, W7S_OWNER"})
  void halfAnAppIsRefused(String set, String missing) {
    around.variable(set, "acme");

    assertThatThrownBy(around::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Only " + set + " is set: set " + missing + " too");
  }

  @Test
  void aNearerPlaceSettlesAContradiction() {
    around.variable("W7S_REPOSITORY", "acme/worker").variable("W7S_OWNER", "other");

    assertThat(around.load(W7sConfig.builder().app("acme/caller")).app())
        .hasToString("acme/caller");
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void itIsRequiredInEveryMode(Mode mode) {
    assertThatThrownBy(() -> around.load(W7sConfig.builder().mode(mode)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("w7s.app")
        .hasMessageContaining("W7S_REPOSITORY");
  }
}
