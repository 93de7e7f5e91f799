package io.w7s.sdk.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.queue.UnreadableMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a queue's handler is called for messages that are to be handled now.
 *
 * @param <M> what messages were read as
 */
interface Handling<M> {

  /** Returns whether the handler takes several messages at once. */
  boolean takesBatches();

  /** Returns what the handler gets for a message. */
  Object input(M message);

  /** Calls the handler, and tells each message what became of it. */
  void handle(
      AppContext context,
      HandlerKind kind,
      String queue,
      Headers headers,
      List<? extends DeliveredMessage<?, M>> messages);

  /** Calls a handler of single messages for each message. */
  static <M> Handling<M> oneByOne(MessageLoop.Consumer<M> consumer) {
    return new Handling<>() {
      @Override
      public boolean takesBatches() {
        return false;
      }

      @Override
      public Object input(M message) {
        return consumer.input(message);
      }

      @Override
      public void handle(
          AppContext context,
          HandlerKind kind,
          String queue,
          Headers headers,
          List<? extends DeliveredMessage<?, M>> messages) {
        for (DeliveredMessage<?, M> message : messages) {
          UnreadableMessage unreadable = message.unreadable();
          @Nullable Throwable thrown =
              unreadable == null
                  ? MessageLoop.handle(context, kind, queue, headers, message.readable(), consumer)
                  : MessageLoop.handleUnreadable(context, kind, queue, headers, unreadable);
          message.ended(
              unreadable == null ? consumer.input(message.readable()) : unreadable, thrown);
        }
      }
    };
  }
}
