package io.w7s.sdk.internal.config;

/**
 * The settings of all modules, except those that each local app has for itself ({@link
 * LocalSetting}). This is the one place where a key is declared: a {@code w7s.} key that is not
 * declared here or there is refused when settings are loaded.
 */
public enum Setting {
  /** Where calls go: hosted, local or memory. */
  MODE("w7s.mode", "W7S_MODE"),

  /** The app that calls. {@link VariableSource} also reads its owner and repository one by one. */
  APP("w7s.app", "W7S_REPOSITORY"),

  /** The caller's environment. */
  ENVIRONMENT("w7s.environment", "W7S_ENVIRONMENT"),

  /** The platform's base URL. */
  URL("w7s.url", "W7S_URL"),

  /** The token for RPC. */
  RPC_TOKEN("w7s.token.rpc", "W7S_RPC_TOKEN"),

  /** The token for queues. */
  QUEUE_TOKEN("w7s.token.queue", "W7S_QUEUE_TOKEN"),

  /** The token for workflows. */
  WORKFLOW_TOKEN("w7s.token.workflow", "W7S_WORKFLOW_TOKEN"),

  /** The token for the platform's planned events layer. */
  EVENTS_TOKEN("w7s.token.events", "W7S_EVENTS_TOKEN"),

  /** The public URL of the app whose bridge passes on calls to the platform. */
  BRIDGE_URL("w7s.bridge.url", "W7S_BRIDGE_URL"),

  /** The secret that the bridge and its service share. */
  BRIDGE_SECRET("w7s.bridge.secret", "W7S_BRIDGE_SECRET"),

  /** The secret before, while it is changed. */
  BRIDGE_PREVIOUS_SECRET("w7s.bridge.previous-secret", "W7S_BRIDGE_PREVIOUS_SECRET"),

  /** When the secret before ends. */
  BRIDGE_PREVIOUS_SECRET_UNTIL(
      "w7s.bridge.previous-secret-until", "W7S_BRIDGE_PREVIOUS_SECRET_UNTIL"),

  /** The app that routes events. */
  EVENT_ROUTER("w7s.events.router", "W7S_EVENTS_ROUTER"),

  /** The file that keeps messages in local mode. */
  LOCAL_STORE("w7s.local.store", "W7S_LOCAL_STORE"),

  /** The file of settings to read instead of the usual ones. A file cannot set it. */
  CONFIG("w7s.config", "W7S_CONFIG");

  static final String PROPERTY_PREFIX = "w7s.";
  static final String VARIABLE_PREFIX = "W7S_";

  private final String property;
  private final String variable;

  Setting(String property, String variable) {
    this.property = property;
    this.variable = variable;
  }

  /** Returns the key in the system properties and in {@code w7s.properties}. */
  public String property() {
    return property;
  }

  /** Returns the name of the environment variable. */
  public String variable() {
    return variable;
  }

  /** Returns both names, for an error message. */
  @Override
  public String toString() {
    return property + " (variable " + variable + ")";
  }
}
