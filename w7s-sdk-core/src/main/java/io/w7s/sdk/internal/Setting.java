package io.w7s.sdk.internal;

import io.w7s.sdk.AppId;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The names of one setting.
 *
 * @param property its key in the system properties and in {@code w7s.properties}
 * @param variable its environment variable
 */
public record Setting(String property, String variable) {

  /** Where calls go: hosted, local or memory. */
  public static final Setting MODE = new Setting("w7s.mode", "W7S_MODE");

  /** Who calls. */
  public static final Setting APP = new Setting("w7s.app", "W7S_REPOSITORY");

  /** The caller's environment. */
  public static final Setting ENVIRONMENT = new Setting("w7s.environment", "W7S_ENVIRONMENT");

  /** The platform's base URL. */
  public static final Setting URL = new Setting("w7s.url", "W7S_URL");

  /** The app that routes events. */
  public static final Setting EVENT_ROUTER = new Setting("w7s.events.router", "W7S_EVENTS_ROUTER");

  static final String PROPERTY_PREFIX = "w7s.";
  static final String VARIABLE_PREFIX = "W7S_";
  static final String LOCAL_PROPERTY_PREFIX = "w7s.local.apps.";

  private static final Pattern LOCAL_VARIABLE = Pattern.compile("W7S_LOCAL_[A-Z0-9_]+_URL");
  private static final Pattern NOT_IN_VARIABLES = Pattern.compile("[^A-Z0-9]");

  /** Returns the setting of an app's local URL. Similar apps may share a variable. */
  public static Setting localApp(AppId app) {
    String name = (app.owner() + "_" + app.repo()).toUpperCase(Locale.ROOT);
    return new Setting(
        LOCAL_PROPERTY_PREFIX + app,
        "W7S_LOCAL_" + NOT_IN_VARIABLES.matcher(name).replaceAll("_") + "_URL");
  }

  /** Returns whether a variable is the setting of some app's local URL. */
  static boolean isLocalAppVariable(String name) {
    return LOCAL_VARIABLE.matcher(name).matches();
  }

  /** Returns both names, for an error message. */
  @Override
  public String toString() {
    return property + " (variable " + variable + ")";
  }
}
