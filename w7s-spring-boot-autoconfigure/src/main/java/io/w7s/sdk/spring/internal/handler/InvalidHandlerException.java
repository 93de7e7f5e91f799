package io.w7s.sdk.spring.internal.handler;

import org.jspecify.annotations.Nullable;

/** The handlers of an application cannot be used as they are. */
public final class InvalidHandlerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String action;

  /**
   * Creates an exception.
   *
   * @param problem what is wrong, with whose name
   * @param action what to write instead
   */
  public InvalidHandlerException(String problem, String action) {
    this(problem, action, null);
  }

  /**
   * Creates an exception.
   *
   * @param problem what is wrong, with whose name
   * @param action what to write instead
   * @param cause what found it
   */
  public InvalidHandlerException(String problem, String action, @Nullable Throwable cause) {
    super(problem, cause);
    this.action = action;
  }

  String action() {
    return action;
  }
}
