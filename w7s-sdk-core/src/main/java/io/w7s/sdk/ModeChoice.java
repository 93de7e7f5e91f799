package io.w7s.sdk;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.internal.config.Setting;
import io.w7s.sdk.internal.config.Settings;
import io.w7s.sdk.internal.config.Settings.Sourced;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mode that the settings name, else the one that follows from the tokens and the bridge.
 *
 * @param origin where the mode was found, or from what it was derived, as text for a reader
 * @param isNamed whether a setting names it
 */
record ModeChoice(Mode mode, String origin, boolean isNamed) {

  /**
   * Chooses the mode.
   *
   * @param explicit the mode set in code; null for none
   * @param app the app, wherever it was found; null for none
   * @param access what is set to reach the platform with, wherever it was found
   * @throws ConfigurationException that names what is missing, when hosted is set or half set; also
   *     when both a bridge and tokens are set for it
   */
  static ModeChoice of(
      @Nullable Mode explicit, Settings settings, @Nullable AppId app, Access access) {
    List<Setting> missing = missingForHosted(app, access);
    ModeChoice choice = named(explicit, settings).orElseGet(() -> derivedFrom(access, missing));
    if (choice.mode == Mode.HOSTED && !missing.isEmpty()) {
      throw new ConfigurationException(
          "Mode hosted (%s) needs more settings. Missing: %s.%s"
              .formatted(choice.origin, listed(missing), bridgeInstead(access)));
    }
    if (choice.mode == Mode.HOSTED && access.hasBridge && !access.tokens.isEmpty()) {
      throw new ConfigurationException(
          ("Two ways to the platform: set either %s or the tokens, and not both. The bridge has the"
                  + " tokens. Set: %s.")
              .formatted(Setting.BRIDGE_URL, listed(access.settings())));
    }
    return choice;
  }

  /** A service in Java has no tokens, so it should not be asked for them alone. */
  private static String bridgeInstead(Access access) {
    return access.hasBridge || !access.tokens.isEmpty()
        ? ""
        : " A service behind a bridge needs %s and %s in place of tokens."
            .formatted(Setting.BRIDGE_URL, Setting.BRIDGE_SECRET);
  }

  /**
   * What is set to reach the platform with.
   *
   * @param tokens the tokens
   * @param hasBridge whether the URL of a bridge is set
   * @param hasSecret whether a secret of the bridge is set
   */
  record Access(Set<Token> tokens, boolean hasBridge, boolean hasSecret) {

    /** Returns the settings of it; the secret alone is one to receive with. */
    private List<Setting> settings() {
      var settings = new ArrayList<Setting>();
      if (hasBridge) {
        settings.add(Setting.BRIDGE_URL);
      }
      tokens.forEach(token -> settings.add(token.setting()));
      return settings;
    }
  }

  private static Optional<ModeChoice> named(@Nullable Mode explicit, Settings settings) {
    if (explicit != null) {
      return Optional.of(new ModeChoice(explicit, "explicit setting", true));
    }
    Optional<Sourced<Mode>> found = settings.read(Setting.MODE, Mode::parse);
    return found.map(mode -> new ModeChoice(mode.value(), mode.origin(), true));
  }

  private static ModeChoice derivedFrom(Access access, List<Setting> missing) {
    if (access.settings().isEmpty()) {
      return new ModeChoice(Mode.LOCAL, "derived: no token is set", false);
    }
    if (missing.isEmpty()) {
      String ways = access.hasBridge ? "bridge" : "tokens";
      return new ModeChoice(Mode.HOSTED, "derived: app and " + ways + " are set", false);
    }
    throw new ConfigurationException(
        "Half a hosted configuration. Set: %s. Missing: %s. Set the rest, or set %s to local."
            .formatted(listed(access.settings()), listed(missing), Setting.MODE));
  }

  private static List<Setting> missingForHosted(@Nullable AppId app, Access access) {
    var missing = new ArrayList<Setting>();
    if (app == null) {
      missing.add(Setting.APP);
    }
    if (access.hasBridge) {
      if (!access.hasSecret) {
        missing.add(Setting.BRIDGE_SECRET);
      }
      return missing;
    }
    for (Token kind : Token.values()) {
      if (kind.required() && !access.tokens.contains(kind)) {
        missing.add(kind.setting());
      }
    }
    return missing;
  }

  private static String listed(List<Setting> settings) {
    return String.join(", ", settings.stream().map(Setting::toString).toList());
  }
}
