package io.w7s.sdk.app;

import io.w7s.sdk.queue.MessageHandler;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import java.util.Map;

/** Consumes a queue message by message. */
final class MessageRoute<T> extends QueueRoute<T> implements MessageLoop.Consumer<QueueMessage<T>> {

  private final MessageHandler<T> handler;

  MessageRoute(QueueRef<T> queue, MessageHandler<T> handler) {
    super(queue);
    this.handler = handler;
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, AppContext context)
      throws BadRequest {
    ReliableQueue reliable = context.reliable(queue().name());
    if (reliable != null) {
      return reliable.deliver(
          request, context, kind(), reader(context.messageBodies()), Handling.oneByOne(this));
    }
    return MessageLoop.run(context, kind(), read(request, context.messageBodies()), this);
  }

  @Override
  public Object input(QueueMessage<T> message) {
    return message;
  }

  @Override
  public void handle(QueueMessage<T> message) throws Exception {
    handler.handle(message);
  }
}
