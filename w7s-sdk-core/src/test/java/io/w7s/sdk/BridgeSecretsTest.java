package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.signature.SigningSecrets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The secrets that the bridge and its service share, as settings. */
class BridgeSecretsTest {

  private static final String CANARY = "canary-canary-canary-canary-0001";
  private static final String SECRET = secret(CANARY);
  private static final String PREVIOUS = secret("canary-canary-canary-canary-0000");

  /** From bridge/test/signature-vectors.json. */
  private static final String PUBLISHED = "whsec_ekLMIOHYK6bIboFyEaMqNJW1ll7N9J6yCklRZKums/8=";

  private Surroundings around;

  @BeforeEach
  void emptySurroundings(@TempDir Path folder) {
    around = new Surroundings(folder);
  }

  private static String secret(String text) {
    return "whsec_" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static W7sConfig.Builder derived() {
    return W7sConfig.builder().app("acme/worker");
  }

  private static W7sConfig.Builder hosted() {
    return derived().token(Token.RPC, "r").token(Token.QUEUE, "q").token(Token.WORKFLOW, "w");
  }

  @Test
  void areReadAndNeverShown() {
    around
        .variable("W7S_BRIDGE_SECRET", SECRET)
        .variable("W7S_BRIDGE_PREVIOUS_SECRET", PREVIOUS)
        .variable("W7S_BRIDGE_PREVIOUS_SECRET_UNTIL", "2026-12-01T12:00:00Z");

    W7sConfig config = around.load(hosted());

    assertThat(config.bridgeSecrets())
        .hasValueSatisfying(
            secrets ->
                assertThat(secrets)
                    .hasToString("SigningSecrets[secret, previous until 2026-12-01T12:00:00Z]"));
    assertThat(config.toString())
        .contains("bridgeSecrets=SigningSecrets[secret")
        .doesNotContain(SECRET.substring(6, 18));
  }

  @Test
  void thoseOfTheBuilderWin() {
    around.variable("W7S_BRIDGE_SECRET", SECRET);
    SigningSecrets explicit = SigningSecrets.of(PREVIOUS);

    assertThat(around.load(hosted().bridgeSecrets(explicit)).bridgeSecrets()).contains(explicit);
  }

  @Test
  void aMalformedSecretIsRefusedWithItsOriginAndNothingOfIt() {
    for (String name : new String[] {"W7S_BRIDGE_SECRET", "W7S_BRIDGE_PREVIOUS_SECRET"}) {
      around
          .variable("W7S_BRIDGE_SECRET", SECRET)
          .variable("W7S_BRIDGE_PREVIOUS_SECRET", PREVIOUS)
          .variable("W7S_BRIDGE_PREVIOUS_SECRET_UNTIL", "2026-12-01T12:00:00Z")
          .variable(name, secret("canary-short"));

      assertThatThrownBy(() -> around.load(hosted()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("Bad variable " + name + ": signing secret: found 12 bytes")
          .hasMessageNotContaining("Y2FuYXJ5");
    }
  }

  @Test
  void aPreviousSecretNeedsItsEndAndACurrentOne() {
    around.variable("W7S_BRIDGE_PREVIOUS_SECRET", PREVIOUS);
    assertThatThrownBy(() -> around.load(hosted()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Missing: w7s.bridge.secret (variable W7S_BRIDGE_SECRET)");

    around.variable("W7S_BRIDGE_SECRET", SECRET);
    assertThatThrownBy(() -> around.load(hosted()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Missing: w7s.bridge.previous-secret-until");

    around.variable("W7S_BRIDGE_PREVIOUS_SECRET_UNTIL", "tomorrow");
    assertThatThrownBy(() -> around.load(hosted()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Bad variable W7S_BRIDGE_PREVIOUS_SECRET_UNTIL")
        .hasMessageContaining("2026-12-01T12:00:00Z");

    around.variable("W7S_BRIDGE_PREVIOUS_SECRET_UNTIL", "2026-12-01T12:00:00Z");
    around.variable("W7S_BRIDGE_PREVIOUS_SECRET", "");
    assertThatThrownBy(() -> around.load(hosted()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Missing: w7s.bridge.previous-secret (variable");
  }

  @ParameterizedTest
  @EnumSource(names = {"LOCAL", "MEMORY"})
  void arePublishedWhereTheModeIsSetToOneOfAMachine(Mode mode) {
    assertThat(around.load(derived().mode(mode)).bridgeSecrets()).contains(SigningSecrets.local());
    around.variable("W7S_BRIDGE_SECRET", PUBLISHED);
    assertThat(around.load(derived().mode(mode)).bridgeSecrets()).contains(SigningSecrets.local());
  }

  @Test
  void areNotPublishedBecauseSettingsWereLost() {
    W7sConfig config = around.load(derived());

    assertThat(config.mode()).isEqualTo(Mode.LOCAL);
    assertThat(config.bridgeSecrets()).isEmpty();
    assertThat(config.toString()).contains("bridgeSecrets=not set");
  }

  @Test
  void thePublishedOneIsRefusedInHostedModeAndWhereTheModeIsNotSet() {
    around.variable("W7S_BRIDGE_SECRET", PUBLISHED);
    assertThatThrownBy(() -> around.load(hosted()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("w7s.bridge.secret (variable W7S_BRIDGE_SECRET) is the published")
        .hasMessageContaining("now it is hosted");
    assertThatThrownBy(() -> around.load(derived()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("now it is local (derived: no token is set)");

    around.variable("W7S_BRIDGE_SECRET", SECRET);
    around.variable("W7S_BRIDGE_PREVIOUS_SECRET", PUBLISHED);
    around.variable("W7S_BRIDGE_PREVIOUS_SECRET_UNTIL", "2026-12-01T12:00:00Z");
    assertThatThrownBy(() -> around.load(hosted()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("published secret");
  }
}
