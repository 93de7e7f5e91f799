package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.signature.SigningSecrets;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ModeChoiceTest {

  private static final String CANARY = "canary-4711";
  private static final String SECRET = SigningSecrets.generate();

  private Surroundings around;

  @BeforeEach
  void emptySurroundings(@TempDir Path folder) {
    around = new Surroundings(folder);
  }

  @Test
  void isLocalWithoutAnyToken() {
    W7sConfig config = W7sConfig.builder().app("acme/caller").build();

    assertThat(config.mode()).isEqualTo(Mode.LOCAL);
    assertThat(config.modeOrigin()).isEqualTo("derived: no token is set");
  }

  @Test
  void isHostedWithAllThatHostedNeedsFromWhateverPlaces() {
    around.property("w7s.token.rpc", "r").variable("W7S_QUEUE_TOKEN", "q");
    around.file("w7s.token.workflow=w", "w7s.app=acme/caller");

    W7sConfig config = around.load();

    assertThat(config.mode()).isEqualTo(Mode.HOSTED);
    assertThat(config.modeOrigin()).isEqualTo("derived: app and tokens are set");
    assertThat(config.token(Token.EVENTS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "W7S_RPC_TOKEN, 'w7s.token.queue (variable W7S_QUEUE_TOKEN), w7s.token.workflow (variable"
        + " W7S_WORKFLOW_TOKEN)'",
    "W7S_QUEUE_TOKEN, 'w7s.token.rpc (variable W7S_RPC_TOKEN), w7s.token.workflow (variable"
        + " W7S_WORKFLOW_TOKEN)'",
    "W7S_WORKFLOW_TOKEN, 'w7s.token.rpc (variable W7S_RPC_TOKEN), w7s.token.queue (variable"
        + " W7S_QUEUE_TOKEN)'",
    "W7S_EVENTS_TOKEN, 'w7s.token.rpc (variable W7S_RPC_TOKEN), w7s.token.queue (variable"
        + " W7S_QUEUE_TOKEN), w7s.token.workflow (variable W7S_WORKFLOW_TOKEN)'"
  })
  void isRefusedWithHalfOfWhatHostedNeeds(String set, String missing) {
    around.variable(set, CANARY).variable("W7S_REPOSITORY", "acme/caller");

    assertThatThrownBy(around::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("(variable " + set + ")")
        .hasMessageContaining("Missing: " + missing + ".")
        .hasMessageContaining("w7s.mode (variable W7S_MODE) to local")
        .hasMessageNotContaining(CANARY);
  }

  @Test
  void isRefusedWhenOnlyTheAppIsMissing() {
    for (Token kind : Token.values()) {
      around.variable(kind.variable(), CANARY);
    }

    assertThatThrownBy(around::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Missing: w7s.app (variable W7S_REPOSITORY).");
  }

  @Test
  void ofHostedNamesAllThatIsMissingAndWhoAskedForIt() {
    around.variable("W7S_MODE", "hosted").variable("W7S_QUEUE_TOKEN", CANARY);

    assertThatThrownBy(around::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Mode hosted (variable W7S_MODE) needs more settings. Missing: w7s.app (variable"
                + " W7S_REPOSITORY), w7s.token.rpc (variable W7S_RPC_TOKEN), w7s.token.workflow"
                + " (variable W7S_WORKFLOW_TOKEN).");
  }

  @ParameterizedTest
  @EnumSource(names = {"LOCAL", "MEMORY"})
  void ofAnotherModeDoesNotMindSomeTokens(Mode mode) {
    around.variable("W7S_RPC_TOKEN", "r").variable("W7S_MODE", mode.word());
    around.variable("W7S_REPOSITORY", "acme/caller");

    assertThat(around.load().mode()).isEqualTo(mode);
  }

  @Test
  void tellsWhereTheModeCameFrom() {
    around.file("w7s.mode=local", "w7s.app=acme/caller");
    assertThat(around.load().modeOrigin()).isEqualTo("property w7s.mode in " + around.fileUrl(0));

    around.variable("W7S_MODE", "local");
    assertThat(around.load().modeOrigin()).isEqualTo("variable W7S_MODE");

    around.property("w7s.mode", "local");
    assertThat(around.load().modeOrigin()).isEqualTo("system property w7s.mode");

    assertThat(W7sConfig.builder().mode(Mode.MEMORY).app("acme/caller").build().modeOrigin())
        .isEqualTo("explicit setting");
  }

  @Test
  void refusesOtherWordsAndListsTheRightOnes() {
    around.variable("W7S_MODE", "remote");

    assertThatThrownBy(around::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Bad variable W7S_MODE: mode: found \"remote\", must be hosted, local or memory")
        .hasCauseInstanceOf(InvalidInputException.class);
  }

  @Test
  void isHostedWithABridgeAndItsSecret() {
    around.variable("W7S_BRIDGE_URL", "https://shop.example");
    around.variable("W7S_BRIDGE_SECRET", SECRET).variable("W7S_REPOSITORY", "acme/caller");

    W7sConfig config = around.load();

    assertThat(config.mode()).isEqualTo(Mode.HOSTED);
    assertThat(config.modeOrigin()).isEqualTo("derived: app and bridge are set");
    assertThat(config.bridgeUrl()).contains(URI.create("https://shop.example"));
    assertThat(config.token(Token.RPC)).isEmpty();
  }

  @Test
  void isLocalWithTheSecretOfABridgeAlone() {
    around.variable("W7S_BRIDGE_SECRET", SECRET).variable("W7S_REPOSITORY", "acme/caller");

    assertThat(around.load().mode()).isEqualTo(Mode.LOCAL);
  }

  @Test
  void isRefusedWithABridgeThatHasNoSecret() {
    around.variable("W7S_BRIDGE_URL", "https://shop.example");
    around.variable("W7S_REPOSITORY", "acme/caller");

    assertThatThrownBy(around::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Half a hosted configuration. Set: w7s.bridge.url (variable W7S_BRIDGE_URL). Missing:"
                + " w7s.bridge.secret (variable W7S_BRIDGE_SECRET). Set the rest, or set w7s.mode"
                + " (variable W7S_MODE) to local.");
  }

  @Test
  void isRefusedWithABridgeAndTokens() {
    around.variable("W7S_BRIDGE_URL", "https://shop.example");
    around.variable("W7S_BRIDGE_SECRET", SECRET).variable("W7S_REPOSITORY", "acme/caller");
    around.variable("W7S_QUEUE_TOKEN", CANARY);

    assertThatThrownBy(around::load)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Two ways to the platform: set either w7s.bridge.url (variable W7S_BRIDGE_URL) or the"
                + " tokens, and not both. The bridge has the tokens. Set: w7s.bridge.url (variable"
                + " W7S_BRIDGE_URL), w7s.token.queue (variable W7S_QUEUE_TOKEN).");

    around.variable("W7S_MODE", "local");
    assertThat(around.load().mode()).isEqualTo(Mode.LOCAL);
  }
}
