package io.w7s.sdk.internal.config;

import io.w7s.sdk.AppId;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A setting that each local app has for itself. There are three ways to set it: a property for each
 * app, a variable for each app, and one variable that lists apps with their values.
 */
public enum LocalSetting {
  /** Where an app runs. */
  URL("w7s.local.apps.", "URL", "W7S_LOCAL_APPS"),

  /** The file that says what an app declares. */
  MANIFEST("w7s.local.manifests.", "MANIFEST", "W7S_LOCAL_MANIFESTS");

  static final String VARIABLE_PREFIX = "W7S_LOCAL_";

  private static final Pattern NOT_IN_VARIABLES = Pattern.compile("[^A-Z0-9]");

  private final String propertyPrefix;
  private final String lastWord;
  private final String listVariable;
  private final Pattern variable;

  LocalSetting(String propertyPrefix, String lastWord, String listVariable) {
    this.propertyPrefix = propertyPrefix;
    this.lastWord = lastWord;
    this.listVariable = listVariable;
    this.variable =
        Pattern.compile(VARIABLE_PREFIX + "([A-Z0-9][A-Z0-9_]*_[A-Z0-9][A-Z0-9_]*)_" + lastWord);
  }

  /** Returns the property of an app. */
  public String property(AppId app) {
    return propertyPrefix + app;
  }

  /** Returns the variable of an app. Apps with similar names may share it. */
  public String variable(AppId app) {
    String name = (app.owner() + "_" + app.repo()).toUpperCase(Locale.ROOT);
    return VARIABLE_PREFIX + NOT_IN_VARIABLES.matcher(name).replaceAll("_") + "_" + lastWord;
  }

  /** Returns the property and the variable of an app, for an error message. */
  public String names(AppId app) {
    return property(app) + " (variable " + variable(app) + ")";
  }

  /** Returns what all properties of this setting begin with. */
  String propertyPrefix() {
    return propertyPrefix;
  }

  /** Returns how the variables of single apps are made, for an error message. */
  String variableForm() {
    return VARIABLE_PREFIX + "<OWNER>_<REPO>_" + lastWord;
  }

  /** Returns what all variables of single apps end with. */
  String lastWord() {
    return lastWord;
  }

  /** Returns the variable that lists {@code owner/repo=value} pairs. */
  String listVariable() {
    return listVariable;
  }

  /** Returns whether a variable is this setting of some app. */
  boolean isVariable(String name) {
    return variable.matcher(name).matches();
  }

  /**
   * Returns the app that a variable belongs to; empty when the name can be read in more than one
   * way. With one underscore it can be read in one way only, as {@code OWNER_REPO}.
   */
  Optional<AppId> appOf(String variableName) {
    Matcher matcher = variable.matcher(variableName);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String[] words = matcher.group(1).split("_", -1);
    return words.length == 2 ? Optional.of(new AppId(words[0], words[1])) : Optional.empty();
  }
}
