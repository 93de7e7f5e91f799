package io.w7s.sdk.error;

import org.jspecify.annotations.Nullable;

/**
 * A setting is missing, contradicts another, or names something that does not exist. The message
 * names the setting to change. Nothing was sent.
 */
public final class ConfigurationException extends W7sException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception whose message names the setting and says what to do. */
  public ConfigurationException(String message) {
    this(message, null);
  }

  /** Creates an exception whose message names the setting and says what to do. */
  public ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
