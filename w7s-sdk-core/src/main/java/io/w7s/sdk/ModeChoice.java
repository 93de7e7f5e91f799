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
 * The mode that the settings name, else the one that follows from the tokens.
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
   * @param tokens the tokens that are set, wherever they were found
   * @throws ConfigurationException that names what is missing, when hosted is set or half set
   */
  static ModeChoice of(
      @Nullable Mode explicit, Settings settings, @Nullable AppId app, Set<Token> tokens) {
    List<Setting> missing = missingForHosted(app, tokens);
    ModeChoice choice = named(explicit, settings).orElseGet(() -> derivedFrom(tokens, missing));
    if (choice.mode == Mode.HOSTED && !missing.isEmpty()) {
      throw new ConfigurationException(
          "Mode hosted (%s) needs more settings. Missing: %s."
              .formatted(choice.origin, listed(missing)));
    }
    return choice;
  }

  private static Optional<ModeChoice> named(@Nullable Mode explicit, Settings settings) {
    if (explicit != null) {
      return Optional.of(new ModeChoice(explicit, "explicit setting", true));
    }
    Optional<Sourced<Mode>> found = settings.read(Setting.MODE, Mode::parse);
    return found.map(mode -> new ModeChoice(mode.value(), mode.origin(), true));
  }

  private static ModeChoice derivedFrom(Set<Token> tokens, List<Setting> missing) {
    if (tokens.isEmpty()) {
      return new ModeChoice(Mode.LOCAL, "derived: no token is set", false);
    }
    if (missing.isEmpty()) {
      return new ModeChoice(Mode.HOSTED, "derived: app and tokens are set", false);
    }
    throw new ConfigurationException(
        "Half a hosted configuration. Set: %s. Missing: %s. Set the rest, or set %s to local."
            .formatted(
                listed(tokens.stream().map(Token::setting).toList()),
                listed(missing),
                Setting.MODE));
  }

  private static List<Setting> missingForHosted(@Nullable AppId app, Set<Token> tokens) {
    var missing = new ArrayList<Setting>();
    if (app == null) {
      missing.add(Setting.APP);
    }
    for (Token kind : Token.values()) {
      if (kind.required() && !tokens.contains(kind)) {
        missing.add(kind.setting());
      }
    }
    return missing;
  }

  private static String listed(List<Setting> settings) {
    return String.join(", ", settings.stream().map(Setting::toString).toList());
  }
}
