package io.w7s.sdk.app;

import io.w7s.sdk.queue.BatchHandler;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.UnreadableMessage;
import java.util.ArrayList;
import java.util.Map;
import java.util.stream.Collectors;

/** Consumes a queue batch by batch. */
final class BatchRoute<T> extends QueueRoute<T> {

  private static final int MAX_NAMED = 10;

  private final BatchHandler<T> handler;

  BatchRoute(QueueRef<T> queue, BatchHandler<T> handler) {
    super(queue);
    this.handler = handler;
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, AppContext context)
      throws BadRequest {
    ReceivedBatch<QueueMessage<T>> received = read(request, context.codec());
    if (received.isEmpty()) {
      return Responses.acknowledged();
    }
    QueueBatch<T> batch =
        QueueBatch.builder(queue())
            .messages(received.messages())
            .unreadable(received.unreadable())
            .headers(received.headers())
            .build();
    var failures = new ArrayList<HandlerFailure>(0);
    try {
      context.call(
          kind(),
          queue().name(),
          batch,
          batch.headers(),
          () -> {
            handler.handle(batch);
            return null;
          });
    } catch (Throwable thrown) {
      if (thrown instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      failures.add(context.failed(HandlerFailure.of(named(batch), thrown)));
    }
    boolean handlerFailed = !failures.isEmpty();
    for (UnreadableMessage message : batch.unreadable()) {
      if (!message.isAcknowledged()) {
        failures.add(context.unreadable(HandlerFailure.unreadable(batch.queue(), message)));
      }
    }
    return MessageLoop.response(failures, handlerFailed);
  }

  private static String named(QueueBatch<?> batch) {
    int more = batch.messages().size() - MAX_NAMED;
    return "queue "
        + batch.queue()
        + batch.messages().stream()
            .limit(MAX_NAMED)
            .map(HandlerFailure::name)
            .collect(Collectors.joining(", ", " for ", more > 0 ? " and " + more + " more" : ""));
  }
}
