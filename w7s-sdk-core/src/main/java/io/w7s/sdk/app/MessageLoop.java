package io.w7s.sdk.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.text.ThrowableText;
import io.w7s.sdk.queue.UnreadableMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Hands the messages of a batch to a handler one by one. The platform acknowledges only whole
 * batches, so a message that fails brings back all of them. Each of the others is handled all the
 * same, whatever the failed one threw: otherwise a message that always fails would use up the
 * attempts of the others, and they would be dropped unhandled.
 */
final class MessageLoop {

  private static final int MAX_REASONS = 5;

  private MessageLoop() {}

  /**
   * Handles messages.
   *
   * @param <M> what messages were read as
   */
  interface Consumer<M> {

    /** Returns what the handler gets for a message. */
    Object input(M message);

    /** Calls the handler. */
    void handle(M message) throws Exception;
  }

  /** Hands each message to its handler, and returns the response to the delivery. */
  static <M> AppResponse run(
      AppContext context, HandlerKind kind, ReceivedBatch<M> batch, Consumer<M> consumer) {
    var failures = new ArrayList<HandlerFailure>(0);
    boolean interrupted = false;
    for (M message : batch.messages()) {
      context.warnOfRedelivery(batch.queue(), consumer.input(message));
      Throwable thrown = handle(context, kind, batch.queue(), batch.headers(), message, consumer);
      // The next message must not find the thread interrupted because of this one.
      interrupted |= wasInterrupted(thrown);
      if (thrown != null) {
        failures.add(
            context.failed(HandlerFailure.of(batch.queue(), consumer.input(message), thrown)));
      }
    }
    boolean handlerFailed = !failures.isEmpty();
    for (UnreadableMessage message : batch.unreadable()) {
      Throwable thrown = handleUnreadable(context, kind, batch.queue(), batch.headers(), message);
      interrupted |= wasInterrupted(thrown);
      if (thrown == message.failure()) {
        failures.add(context.unreadable(HandlerFailure.unreadable(batch.queue(), message)));
      } else if (thrown != null) {
        failures.add(context.failed(HandlerFailure.of(batch.queue(), message, thrown)));
        handlerFailed = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return response(failures, handlerFailed);
  }

  /** Returns whether a handler was interrupted, and clears the thread's interrupted status. */
  static boolean wasInterrupted(@Nullable Throwable thrown) {
    boolean flag = Thread.interrupted();
    return flag || thrown instanceof InterruptedException;
  }

  /** Calls the handler of a message inside the interceptors; returns what was thrown. */
  static <M> @Nullable Throwable handle(
      AppContext context,
      HandlerKind kind,
      String queue,
      Headers headers,
      M message,
      Consumer<M> consumer) {
    try {
      if (context.hasInterceptors()) {
        context.call(
            kind,
            queue,
            consumer.input(message),
            headers,
            () -> {
              consumer.handle(message);
              return null;
            });
      } else {
        consumer.handle(message);
      }
      return null;
    } catch (Throwable thrown) {
      return thrown;
    }
  }

  /** Lets the interceptors decide what becomes of a message that cannot be read. */
  static @Nullable Throwable handleUnreadable(
      AppContext context,
      HandlerKind kind,
      String queue,
      Headers headers,
      UnreadableMessage message) {
    try {
      context.call(
          kind,
          queue,
          message,
          headers,
          () -> {
            throw message.failure();
          });
      return null;
    } catch (Throwable thrown) {
      return thrown;
    }
  }

  /** Returns the response to a delivery, given what failed in it. */
  static AppResponse response(List<HandlerFailure> failures, boolean handlerFailed) {
    if (failures.isEmpty()) {
      return Responses.acknowledged();
    }
    return handlerFailed
        ? Responses.handlerFailed(failures)
        : Responses.unreadable(reasons(failures), failures);
  }

  private static String reasons(List<HandlerFailure> failures) {
    String reasons =
        failures.stream()
            .limit(MAX_REASONS)
            .map(MessageLoop::reason)
            .collect(Collectors.joining("; "));
    return failures.size() > MAX_REASONS
        ? reasons + "; and " + (failures.size() - MAX_REASONS) + " more"
        : reasons;
  }

  private static String reason(HandlerFailure failure) {
    String id = failure.messageId().map(SafeText::of).orElse("");
    return "message " + id + ": " + ThrowableText.reason(failure.cause());
  }
}
