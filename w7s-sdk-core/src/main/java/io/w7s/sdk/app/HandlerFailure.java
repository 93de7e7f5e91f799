package io.w7s.sdk.app;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.text.ThrowableText;
import io.w7s.sdk.queue.UnreadableMessage;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Why a handler failed, or why it did not get a message or request; see {@link
 * AppResponse#failures()}. Immutable.
 */
public final class HandlerFailure {

  private final String what;
  private final @Nullable String messageId;
  private final int attempt;
  private final Throwable cause;

  private HandlerFailure(String what, @Nullable String messageId, int attempt, Throwable cause) {
    this.what = what;
    this.messageId = messageId;
    this.attempt = attempt;
    this.cause = cause;
  }

  /** A handler threw, or an interceptor around it did. */
  static HandlerFailure of(String handler, Throwable cause) {
    return new HandlerFailure("handler of " + handler, null, 0, cause);
  }

  /** A handler of single messages threw, or an interceptor around it did. */
  static HandlerFailure of(String queue, Object message, Throwable cause) {
    String what = "handler of queue " + queue + " for " + name(message);
    return new HandlerFailure(
        what, HandlerInvocation.messageId(message), HandlerInvocation.attempt(message), cause);
  }

  /** A message could not be read, and no handler got it. */
  static HandlerFailure unreadable(String queue, UnreadableMessage message) {
    String what = name(message) + " of queue " + queue;
    return new HandlerFailure(what, message.id(), message.attempt(), message.failure());
  }

  /** A request could not be read, and no handler got it. */
  static HandlerFailure unreadable(AppRequest request, Throwable cause) {
    return new HandlerFailure(request.toString(), null, 0, cause);
  }

  /** Returns how log lines name a message. */
  static String name(Object message) {
    String trace =
        HandlerInvocation.messageTraceParent(message)
            .map(parent -> ", traceparent " + SafeText.of(parent))
            .orElse("");
    return "message "
        + SafeText.of(String.valueOf(HandlerInvocation.messageId(message)))
        + " (attempt "
        + HandlerInvocation.attempt(message)
        + trace
        + ")";
  }

  /** Returns what failed, for a log line: {@code handler of queue jobs for message m1 ...}. */
  String what() {
    return what;
  }

  /** Returns the id of the message that failed; empty where it is not about a single message. */
  public Optional<String> messageId() {
    return Optional.ofNullable(messageId);
  }

  /** Returns the number of the message's delivery, from 1; empty where there is no message id. */
  public OptionalInt attempt() {
    return messageId == null ? OptionalInt.empty() : OptionalInt.of(attempt);
  }

  /**
   * Returns what the handler threw. Where a message or request could not be read, it is the reason:
   * usually a {@link CodecException}.
   */
  public Throwable cause() {
    return cause;
  }

  /**
   * Returns what failed and why on one line of bounded length: the class and message of the
   * exception, its first stack frames, and the same of its causes.
   */
  @Override
  public String toString() {
    return what + ": " + ThrowableText.withFrames(cause);
  }
}
