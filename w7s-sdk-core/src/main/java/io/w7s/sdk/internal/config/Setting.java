package io.w7s.sdk.internal.config;

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

  /** Returns both names, for an error message. */
  @Override
  public String toString() {
    return property + " (variable " + variable + ")";
  }
}
