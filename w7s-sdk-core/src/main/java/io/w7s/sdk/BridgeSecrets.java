package io.w7s.sdk;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.config.Setting;
import io.w7s.sdk.internal.config.Settings;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.signature.SigningSecrets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads the secrets of the bridge, and keeps the published one out of what is deployed. */
final class BridgeSecrets {

  private BridgeSecrets() {}

  /** Returns whether a secret is set, wherever it is. */
  static boolean isSet(@Nullable SigningSecrets explicit, Settings settings) {
    return explicit != null || settings.read(Setting.BRIDGE_SECRET, text -> text).isPresent();
  }

  /**
   * Returns the secrets that are set, else the published one where the mode is set to local or
   * memory; null for none.
   *
   * @param explicit the secrets set in code; null for none
   * @throws ConfigurationException when a secret is malformed, or published and the mode is not set
   *     to local or memory, or when a previous one has no end
   */
  static @Nullable SigningSecrets of(
      @Nullable SigningSecrets explicit, Settings settings, ModeChoice choice) {
    boolean publishedWillDo = choice.isNamed() && choice.mode() != Mode.HOSTED;
    SigningSecrets secrets = explicit == null ? read(settings) : explicit;
    if (secrets == null) {
      return publishedWillDo ? SigningSecrets.local() : null;
    }
    if (secrets.isLocal() && !publishedWillDo) {
      throw new ConfigurationException(
          ("%s is the published secret of local development, which anybody can sign with: make one"
                  + " with SigningSecrets.generate(). On a developer's machine set %s to local; now"
                  + " it is %s (%s).")
              .formatted(
                  Setting.BRIDGE_SECRET, Setting.MODE, choice.mode().word(), choice.origin()));
    }
    return secrets;
  }

  private static @Nullable SigningSecrets read(Settings settings) {
    SigningSecrets secrets = settings.orElse(null, Setting.BRIDGE_SECRET, SigningSecrets::of);
    String previous = settings.orElse(null, Setting.BRIDGE_PREVIOUS_SECRET, BridgeSecrets::checked);
    Instant until =
        settings.orElse(null, Setting.BRIDGE_PREVIOUS_SECRET_UNTIL, BridgeSecrets::instant);
    if (previous == null && until == null) {
      return secrets;
    }
    if (secrets == null || previous == null || until == null) {
      Setting missing =
          secrets == null
              ? Setting.BRIDGE_SECRET
              : previous == null
                  ? Setting.BRIDGE_PREVIOUS_SECRET
                  : Setting.BRIDGE_PREVIOUS_SECRET_UNTIL;
      throw new ConfigurationException(
          "Half a change of the bridge's secret. Missing: %s.".formatted(missing));
    }
    return secrets.withPrevious(previous, until);
  }

  private static String checked(String secret) {
    SigningSecrets.of(secret);
    return secret;
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new InvalidInputException(
          "instant", Names.quoted(text), "such as 2026-12-01T12:00:00Z");
    }
  }
}
