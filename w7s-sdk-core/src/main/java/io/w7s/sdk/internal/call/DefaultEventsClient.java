package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.event.EventsClient;
import io.w7s.sdk.event.PublishOptions;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.spi.Operation.EventPublish;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** {@link EventsClient} over the call pipeline. */
public final class DefaultEventsClient implements EventsClient {

  private final ClientContext context;

  /** Publishes for one app. */
  public DefaultEventsClient(ClientContext context) {
    this.context = context;
  }

  @Override
  public <T> PublishReceipt publish(
      SubjectRef<T> subject, T data, UnaryOperator<PublishOptions> options) {
    PublishOptions effective = options.apply(PublishOptions.of(context.defaults()));
    return context.pipeline().call(operation(subject, data, effective), effective.call()).result();
  }

  @Override
  public <T> CompletableFuture<PublishReceipt> publishAsync(
      SubjectRef<T> subject, T data, UnaryOperator<PublishOptions> options) {
    return Async.guarded(
        () -> {
          PublishOptions effective = options.apply(PublishOptions.of(context.defaults()));
          return Async.then(
              context.pipeline().callAsync(operation(subject, data, effective), effective.call()),
              CallPipeline.Completed::result);
        });
  }

  private <T> EventPublish operation(SubjectRef<T> subject, T data, PublishOptions options) {
    CallOptions call = options.call();
    return new EventPublish(
        context.app(),
        options.id().orElseGet(() -> RandomIds.next(context.time().random())),
        subject.subject(),
        options.time().orElseGet(context.time()::now),
        context.encode("event data", data, subject.type()),
        call.headers(),
        call.duplicatesAllowed() || options.id().isPresent(),
        options.cloudEvent());
  }
}
