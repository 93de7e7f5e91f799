package io.w7s.sdk.internal.text;

import io.w7s.sdk.error.W7sException;
import org.jspecify.annotations.Nullable;

/**
 * Describes an exception of user code on one line of bounded length, whatever its own methods do.
 */
public final class ThrowableText {

  private static final int MAX_MESSAGE = 500;
  private static final int MAX_FRAMES = 5;
  private static final int MAX_CAUSES = 3;

  /** The frames from here on are those that call handlers, and the same for all. */
  private static final String DISPATCH = "io.w7s.sdk.app.";

  private ThrowableText() {}

  /** Returns the class and the message. */
  public static String of(Throwable thrown) {
    String type = thrown.getClass().getName();
    try {
      String message = thrown.getMessage();
      return message == null ? type : type + ": " + SafeText.of(message, MAX_MESSAGE);
    } catch (Throwable broken) {
      return type + " (its message cannot be read: " + broken.getClass().getName() + ")";
    }
  }

  /** Returns the message of an exception of the SDK, and of any other the class and the message. */
  public static String reason(Throwable thrown) {
    return thrown instanceof W7sException
        ? SafeText.of(String.valueOf(thrown.getMessage()), MAX_MESSAGE)
        : of(thrown);
  }

  /** Returns the class, the message and the first frames, and the same of the causes. */
  public static String withFrames(Throwable thrown) {
    var text = new StringBuilder();
    Throwable next = thrown;
    for (int i = 0; next != null && i <= MAX_CAUSES; i++) {
      text.append(i == 0 ? "" : "; caused by ").append(of(next));
      // The causes of our own exceptions are those of libraries, and may repeat parts of a body.
      boolean last = next instanceof W7sException;
      next = describe(text, next);
      if (last) {
        break;
      }
    }
    return text.toString();
  }

  /** Appends the first frames; returns the cause. */
  private static @Nullable Throwable describe(StringBuilder text, Throwable thrown) {
    try {
      int shown = 0;
      for (StackTraceElement frame : thrown.getStackTrace()) {
        if (shown == MAX_FRAMES || frame.getClassName().startsWith(DISPATCH)) {
          break;
        }
        text.append(shown++ == 0 ? " at " : ", ").append(frame(frame));
      }
      return thrown.getCause();
    } catch (Throwable broken) {
      return null;
    }
  }

  private static String frame(StackTraceElement frame) {
    String source =
        frame.getFileName() == null
            ? ""
            : "(" + frame.getFileName() + ":" + frame.getLineNumber() + ")";
    return SafeText.of(frame.getClassName() + "." + frame.getMethodName() + source);
  }
}
