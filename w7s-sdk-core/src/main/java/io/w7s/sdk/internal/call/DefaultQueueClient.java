package io.w7s.sdk.internal.call;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.wire.CloudEventBody;
import io.w7s.sdk.queue.CloudEvent;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendOptions;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation.QueueSend;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@link QueueClient} over the call pipeline. */
public final class DefaultQueueClient implements QueueClient {

  private static final String BODY = "message body";

  private final ClientContext context;

  /** Sends for one app. */
  public DefaultQueueClient(ClientContext context) {
    this.context = context;
  }

  @Override
  public <T> SendReceipt send(QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options) {
    SendOptions effective = applied(options);
    return context
        .pipeline()
        .call(operation(queue, body, effective), effective.callOptions())
        .result();
  }

  @Override
  public <T> CompletableFuture<SendReceipt> sendAsync(
      QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options) {
    return Async.guarded(
        () -> {
          SendOptions effective = applied(options);
          return Async.then(
              context
                  .pipeline()
                  .callAsync(operation(queue, body, effective), effective.callOptions()),
              CallPipeline.Completed::result);
        });
  }

  private SendOptions applied(Consumer<SendOptions> options) {
    var effective = new SendOptions(context.defaults());
    options.accept(effective);
    return effective;
  }

  private <T> QueueSend operation(QueueRef<T> queue, @Nullable T body, SendOptions options) {
    return new QueueSend(
        queue.app(),
        queue.name(),
        queue.consumer(),
        body(queue, body, options),
        options.delay(),
        options.callOptions().duplicatesAllowed());
  }

  private <T> byte[] body(QueueRef<T> queue, @Nullable T body, SendOptions options) {
    byte[] json = context.encode(BODY, body, queue.type());
    if (options.cloudEventType().isEmpty()) {
      if (options.traceParent().isPresent()) {
        throw new InvalidInputException(
            "traceparent",
            "set for a plain message",
            "set together with asCloudEvent(type): a plain queue message has no headers to carry it");
      }
      return json;
    }
    return ClientContext.fitting(
        BODY,
        new CloudEventBody(
                new CloudEvent(
                    RandomIds.next(context.time().random()),
                    context.app().toString(),
                    options.cloudEventType().get(),
                    Optional.of(context.time().now())),
                options.traceParent().orElse(null),
                JsonSlice.of(json))
            .toJson());
  }
}
