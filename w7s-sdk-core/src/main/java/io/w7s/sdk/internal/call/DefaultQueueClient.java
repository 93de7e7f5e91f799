package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.queue.CloudEvent;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendOptions;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation;
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
    return context.pipeline().call(new Send<>(queue, body, options));
  }

  @Override
  public <T> CompletableFuture<SendReceipt> sendAsync(
      QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options) {
    return context.pipeline().callAsync(() -> new Send<>(queue, body, options));
  }

  private final class Send<T> extends ClientCall<SendReceipt, SendReceipt> {

    private final QueueRef<T> queue;
    private final @Nullable T body;
    private final SendOptions options = new SendOptions(context.defaults());
    private final CallOptions callOptions;

    Send(QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> changes) {
      this.queue = queue;
      this.body = body;
      changes.accept(options);
      callOptions = options.callOptions();
      if (queue.cloudEvents() && options.cloudEventType().isEmpty()) {
        throw new InvalidInputException(
            BODY,
            "a plain message for " + queue + ", whose ref asks for CloudEvents",
            "sent with asCloudEvent(type)");
      }
      if (options.traceParent().isPresent() && options.cloudEventType().isEmpty()) {
        throw new InvalidInputException(
            "traceparent",
            "set for a plain message",
            "set together with asCloudEvent(type): a plain queue message has no headers to carry"
                + " it");
      }
    }

    @Override
    public Kind kind() {
      return Kind.QUEUE_SEND;
    }

    @Override
    public String target() {
      return queue.toString();
    }

    @Override
    public String targetTemplate() {
      return target();
    }

    @Override
    public Optional<String> traceParent() {
      return options.traceParent();
    }

    @Override
    boolean setTraceParent(String traceParent) {
      boolean carried = options.cloudEventType().isPresent();
      if (carried) {
        options.traceParent(traceParent);
      }
      return carried;
    }

    @Override
    CallOptions options() {
      return callOptions;
    }

    @Override
    Operation<SendReceipt> operation() {
      return new QueueSend(
          queue.app(),
          queue.name(),
          queue.consumer(),
          json(),
          options.delay(),
          callOptions.duplicatesAllowed());
    }

    private byte[] json() {
      byte[] json = context.encode(BODY, body, queue.type(), this::storeFirst);
      return options
          .cloudEventType()
          .map(type -> ClientContext.fitting(BODY, cloudEvent(type, json)))
          .orElse(json);
    }

    private byte[] cloudEvent(String type, byte[] json) {
      var attributes =
          new CloudEvent(
              RandomIds.next(context.time().random()),
              context.app().toString(),
              type,
              Optional.of(context.time().now()));
      return EventMessage.of(attributes, options.traceParent().orElse(null), JsonSlice.of(json))
          .toJson();
    }

    @Override
    SendReceipt result(Operation<SendReceipt> sent, SendReceipt receipt, int attempts) {
      return receipt;
    }
  }
}
