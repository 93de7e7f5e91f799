package io.w7s.sdk.internal.call;

import io.w7s.sdk.event.EventsClient;
import io.w7s.sdk.event.PublishOptions;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.spi.Operation.EventPublish;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@link EventsClient} over the call pipeline. */
public final class DefaultEventsClient implements EventsClient {

  private final ClientContext context;

  /** Publishes for one app. */
  public DefaultEventsClient(ClientContext context) {
    this.context = context;
  }

  @Override
  public <T> PublishReceipt publish(
      SubjectRef<T> subject, @Nullable T data, Consumer<PublishOptions> options) {
    PublishOptions effective = applied(options);
    return context
        .pipeline()
        .call(operation(subject, data, effective), effective.callOptions())
        .result();
  }

  @Override
  public <T> CompletableFuture<PublishReceipt> publishAsync(
      SubjectRef<T> subject, @Nullable T data, Consumer<PublishOptions> options) {
    return Async.guarded(
        () -> {
          PublishOptions effective = applied(options);
          return Async.then(
              context
                  .pipeline()
                  .callAsync(operation(subject, data, effective), effective.callOptions()),
              CallPipeline.Completed::result);
        });
  }

  private PublishOptions applied(Consumer<PublishOptions> options) {
    var effective = new PublishOptions(context.defaults());
    options.accept(effective);
    return effective;
  }

  private <T> EventPublish operation(
      SubjectRef<T> subject, @Nullable T data, PublishOptions options) {
    return new EventPublish(
        context.app(),
        options.id().orElseGet(() -> RandomIds.next(context.time().random())),
        subject.name(),
        options.time().orElseGet(context.time()::now),
        context.encode("event data", data, subject.type()),
        options.traceParent().orElse(null),
        options.callOptions().duplicatesAllowed() || options.id().isPresent(),
        options.cloudEvent());
  }
}
