package io.w7s.sdk.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.queue.BatchHandler;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.UnreadableMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
    ReliableQueue reliable = context.reliable(queue().name());
    if (reliable != null) {
      return reliable.deliver(
          request, context, kind(), reader(context.messageBodies()), new Reliably());
    }
    ReceivedBatch<QueueMessage<T>> received = read(request, context.messageBodies());
    if (received.isEmpty()) {
      return Responses.acknowledged();
    }
    received.messages().forEach(message -> context.warnOfRedelivery(queue().name(), message));
    QueueBatch<T> batch = batch(received.messages(), received.unreadable(), received.headers());
    var failures = new ArrayList<HandlerFailure>(0);
    Throwable thrown = call(context, batch);
    if (thrown != null) {
      if (thrown instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      failures.add(context.failed(HandlerFailure.of(named(batch), thrown)));
    }
    for (QueueMessage<T> message : batch.messages()) {
      batch
          .failure(message)
          .map(reason -> HandlerFailure.of(queue().name(), message, reason))
          .ifPresent(failure -> failures.add(context.failed(failure)));
    }
    boolean handlerFailed = !failures.isEmpty();
    for (UnreadableMessage message : batch.unreadable()) {
      if (!message.isAcknowledged()) {
        failures.add(context.unreadable(HandlerFailure.unreadable(batch.queue(), message)));
      }
    }
    return MessageLoop.response(failures, handlerFailed);
  }

  private QueueBatch<T> batch(
      List<QueueMessage<T>> messages, List<UnreadableMessage> unreadable, Headers headers) {
    return QueueBatch.builder(queue())
        .messages(messages)
        .unreadable(unreadable)
        .headers(headers)
        .build();
  }

  /** Calls the handler inside the interceptors; returns what was thrown. */
  private @Nullable Throwable call(AppContext context, QueueBatch<T> batch) {
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
      return null;
    } catch (Throwable thrown) {
      return thrown;
    }
  }

  /** Calls the handler for those messages of a delivery that are to be handled now. */
  private final class Reliably implements Handling<QueueMessage<T>> {

    @Override
    public boolean takesBatches() {
      return true;
    }

    @Override
    public Object input(QueueMessage<T> message) {
      return message;
    }

    @Override
    public void handle(
        AppContext context,
        HandlerKind kind,
        String queue,
        Headers headers,
        List<? extends DeliveredMessage<?, QueueMessage<T>>> messages) {
      var readable = new ArrayList<QueueMessage<T>>();
      var unreadable = new ArrayList<UnreadableMessage>(0);
      for (DeliveredMessage<?, QueueMessage<T>> message : messages) {
        UnreadableMessage cannotBeRead = message.unreadable();
        if (cannotBeRead == null) {
          readable.add(message.readable());
        } else {
          unreadable.add(cannotBeRead);
        }
      }
      QueueBatch<T> batch = batch(readable, unreadable, headers);
      Throwable thrown = call(context, batch);
      for (DeliveredMessage<?, QueueMessage<T>> message : messages) {
        UnreadableMessage cannotBeRead = message.unreadable();
        if (cannotBeRead == null) {
          message.ended(message.readable(), batch.failure(message.readable()).orElse(thrown));
        } else {
          message.ended(
              cannotBeRead, cannotBeRead.isAcknowledged() ? null : cannotBeRead.failure());
        }
      }
    }
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
