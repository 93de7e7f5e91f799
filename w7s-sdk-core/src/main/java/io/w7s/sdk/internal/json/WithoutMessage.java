package io.w7s.sdk.internal.json;

import org.jspecify.annotations.Nullable;

/**
 * Stands for an exception whose message may repeat the JSON. It has that exception's class name,
 * its stack trace and its causes, and none of their messages.
 */
final class WithoutMessage extends Exception {

  private static final long serialVersionUID = 1L;

  private static final int MOST_CAUSES = 10;

  private WithoutMessage(Throwable original, @Nullable Throwable cause) {
    super(
        original.getClass().getName() + " (its message may repeat the JSON, so it is left out)",
        cause,
        false,
        true);
    setStackTrace(original.getStackTrace());
  }

  static WithoutMessage of(Throwable original) {
    return of(original, MOST_CAUSES);
  }

  private static WithoutMessage of(Throwable original, int mostCauses) {
    Throwable cause = original.getCause();
    return new WithoutMessage(
        original, cause == null || mostCauses == 0 ? null : of(cause, mostCauses - 1));
  }
}
