package io.w7s.sdk.internal.step;

import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.text.ThrowableText;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** What is known of failures. */
final class Failures {

  /** The longest error that is kept, in characters. */
  static final int MAX_ERROR = 1_000;

  /** Statuses of a target that may change: a timeout, a conflict, too early, too many. */
  private static final Set<Integer> MAY_CHANGE = Set.of(408, 409, 425, 429);

  private Failures() {}

  /** Logs an exception of user code, with its frames unless its own methods fail. */
  static void log(Logger log, Level level, String what, Throwable thrown) {
    try {
      log.atLevel(level).setCause(thrown).log("{}", what);
    } catch (Throwable broken) { // a logger that reads an exception calls its methods
      log.atLevel(level).log("{}: {}", what, text(thrown));
    }
  }

  /** Returns what is kept of an exception. */
  static String text(Throwable thrown) {
    return cut(ThrowableText.reason(thrown));
  }

  static String cut(String text) {
    String safe = SafeText.of(text, MAX_ERROR);
    return safe.length() <= MAX_ERROR ? safe : safe.substring(0, MAX_ERROR - 1) + "…";
  }

  /** Returns whether another attempt would fail in the same way. */
  static boolean isPermanent(Throwable thrown) {
    if (thrown instanceof RpcFailedException failed) {
      int status = failed.status();
      return status >= 400 && status < 500 && !MAY_CHANGE.contains(status);
    }
    return thrown instanceof InvalidInputException
        || thrown instanceof CodecException
        || (thrown instanceof StatusException && !((CallException) thrown).retryable());
  }
}
