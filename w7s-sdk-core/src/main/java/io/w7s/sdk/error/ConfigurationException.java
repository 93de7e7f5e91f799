package io.w7s.sdk.error;

import org.jspecify.annotations.Nullable;

/**
 * The settings are missing, contradict each other, or name something that is not there. The message
 * names the setting to change. Nothing was sent.
 */
public final class ConfigurationException extends W7sException {

  private static final long serialVersionUID = 1L;

  /** Says which setting is wrong, and what to do. */
  public ConfigurationException(String message) {
    this(message, null);
  }

  /** Says which setting is wrong, what to do, and what led to it. */
  public ConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
