package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.text.TraceParent;
import io.w7s.sdk.internal.wire.CloudEventBody;
import io.w7s.sdk.queue.CloudEvent;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendOptions;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation.QueueSend;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** {@link QueueClient} over the call pipeline. */
public final class DefaultQueueClient implements QueueClient {

  private static final String BODY = "message body";

  private final ClientContext context;

  /** Sends for one app. */
  public DefaultQueueClient(ClientContext context) {
    this.context = context;
  }

  @Override
  public <T> SendReceipt send(QueueRef<T> queue, T body, UnaryOperator<SendOptions> options) {
    SendOptions effective = options.apply(SendOptions.of(context.defaults()));
    return context.pipeline().call(operation(queue, body, effective), effective.call()).result();
  }

  @Override
  public <T> CompletableFuture<SendReceipt> sendAsync(
      QueueRef<T> queue, T body, UnaryOperator<SendOptions> options) {
    return Async.guarded(
        () -> {
          SendOptions effective = options.apply(SendOptions.of(context.defaults()));
          return Async.then(
              context.pipeline().callAsync(operation(queue, body, effective), effective.call()),
              CallPipeline.Completed::result);
        });
  }

  private <T> QueueSend operation(QueueRef<T> queue, T body, SendOptions options) {
    CallOptions call = options.call();
    return new QueueSend(
        context.orOwn(queue.app()),
        queue.name(),
        queue.consumer(),
        body(queue, body, options),
        options.delay(),
        call.headers(),
        call.duplicatesAllowed());
  }

  private <T> byte[] body(QueueRef<T> queue, T body, SendOptions options) {
    byte[] json = context.encode(BODY, body, queue.type());
    if (options.cloudEventType().isEmpty()) {
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
                TraceParent.of(options.call().headers()),
                JsonSlice.of(json))
            .toJson());
  }
}
