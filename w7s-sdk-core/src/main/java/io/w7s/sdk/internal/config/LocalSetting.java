package io.w7s.sdk.internal.config;

import io.w7s.sdk.AppId;
import java.util.Locale;
import java.util.regex.Pattern;

/** A setting that each local app has for itself. */
public enum LocalSetting {
  /** Where an app runs. */
  URL("w7s.local.apps.", "_URL"),

  /** The file that says what an app declares. */
  MANIFEST("w7s.local.manifests.", "_MANIFEST");

  private static final String VARIABLE_PREFIX = "W7S_LOCAL_";
  private static final Pattern NOT_IN_VARIABLES = Pattern.compile("[^A-Z0-9]");

  private final String propertyPrefix;
  private final String variableSuffix;
  private final Pattern variable;

  LocalSetting(String propertyPrefix, String variableSuffix) {
    this.propertyPrefix = propertyPrefix;
    this.variableSuffix = variableSuffix;
    this.variable = Pattern.compile(VARIABLE_PREFIX + "[A-Z0-9_]+" + variableSuffix);
  }

  /** Returns the names of an app's own. Similar apps may share a variable. */
  public Setting of(AppId app) {
    String name = (app.owner() + "_" + app.repo()).toUpperCase(Locale.ROOT);
    return new Setting(
        propertyPrefix + app,
        VARIABLE_PREFIX + NOT_IN_VARIABLES.matcher(name).replaceAll("_") + variableSuffix);
  }

  String propertyPrefix() {
    return propertyPrefix;
  }

  /** Returns whether a variable is the setting of some app. */
  boolean isVariable(String name) {
    return variable.matcher(name).matches();
  }
}
