package io.w7s.sdk.app;

import io.w7s.sdk.app.Route.HandlerFailure;
import io.w7s.sdk.queue.MessageHandler;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Handles a batch, as a whole or message by message, and says which messages a failure was about.
 */
final class EachMessage {

  private EachMessage() {}

  /**
   * Handles the messages one by one. One that fails brings back the whole batch, so the rest is
   * handled all the same: else a message that always fails would use up the attempts of those
   * behind it.
   */
  static <T> void of(QueueBatch<T> batch, MessageHandler<T> handler) throws HandlerFailure {
    Exception first = null;
    var failed = new ArrayList<QueueMessage<T>>();
    for (QueueMessage<T> message : batch.messages()) {
      try {
        handler.handle(message);
      } catch (Exception thrown) {
        failed.add(message);
        if (first == null) {
          first = thrown;
        } else if (first != thrown) {
          first.addSuppressed(thrown);
        }
      }
    }
    if (first != null) {
      throw failure(batch.queue(), failed, first);
    }
  }

  private static String named(QueueMessage<?> message) {
    String trace = message.traceParent().map(parent -> ", traceparent " + parent).orElse("");
    return "message " + message.id() + " (attempt " + message.attempt() + trace + ")";
  }

  static HandlerFailure failure(
      String queue, List<? extends QueueMessage<?>> failed, Exception cause) {
    return new HandlerFailure(
        "handler of queue "
            + queue
            + " for "
            + failed.stream().map(EachMessage::named).collect(Collectors.joining(", ")),
        cause);
  }
}
