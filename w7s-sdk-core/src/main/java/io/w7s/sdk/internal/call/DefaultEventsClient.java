package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.EventsClient;
import io.w7s.sdk.event.PublishOptions;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link EventsClient} over the call pipeline. */
public final class DefaultEventsClient implements EventsClient {

  private static final Logger log = LoggerFactory.getLogger(DefaultEventsClient.class);

  /** Enough for every app whose subjects are constants. */
  private static final int MOST_LOGGED = 1000;

  private final ClientContext context;
  private final Set<String> loggedSubjects = ConcurrentHashMap.newKeySet();

  /** Publishes for one app. */
  public DefaultEventsClient(ClientContext context) {
    this.context = context;
  }

  @Override
  public <T> PublishReceipt publish(
      SubjectRef<T> subject, @Nullable T data, Consumer<PublishOptions> options) {
    return context.pipeline().call(new Publish<>(subject, data, options));
  }

  @Override
  public <T> CompletableFuture<PublishReceipt> publishAsync(
      SubjectRef<T> subject, @Nullable T data, Consumer<PublishOptions> options) {
    return context.pipeline().callAsync(() -> new Publish<>(subject, data, options));
  }

  /** A misspelt subject would go unnoticed. */
  private void logOnce(String subject) {
    if (loggedSubjects.size() < MOST_LOGGED && loggedSubjects.add(subject)) {
      log.info(
          "event {} reached nobody: no app in the environment of {} subscribes to it (logged once)",
          subject,
          context.app());
    }
  }

  private final class Publish<T> extends ClientCall<PublishReceipt, PublishReceipt> {

    private final SubjectRef<T> subject;
    private final @Nullable T data;
    private final PublishOptions options = new PublishOptions(context.defaults());
    private final CallOptions callOptions;

    Publish(SubjectRef<T> subject, @Nullable T data, Consumer<PublishOptions> changes) {
      this.subject = subject;
      this.data = data;
      changes.accept(options);
      callOptions = options.callOptions();
    }

    @Override
    public Kind kind() {
      return Kind.EVENT_PUBLISH;
    }

    @Override
    public String target() {
      return subject.name();
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
      options.traceParent(traceParent);
      return true;
    }

    @Override
    CallOptions options() {
      return callOptions;
    }

    @Override
    Operation<PublishReceipt> operation() {
      return new EventPublish(
          context.app(),
          options.id().orElseGet(() -> RandomIds.next(context.time().random())),
          subject.name(),
          options.time().orElseGet(context.time()::now),
          context.encode("event data", data, subject.type(), this::storeFirst),
          options.traceParent().orElse(null),
          callOptions.duplicatesAllowed() || options.id().isPresent(),
          options.cloudEvent(),
          redeliverTo());
    }

    private @Nullable String redeliverTo() {
      if (options.redeliverTo().isPresent() && options.id().isEmpty()) {
        throw new InvalidInputException(
            "redeliverTo", "set without id(...)", "set together with the id of the event");
      }
      return options.redeliverTo().orElse(null);
    }

    @Override
    PublishReceipt result(
        Operation<PublishReceipt> published, PublishReceipt receipt, int attempts) {
      if (receipt.reachedNobody() && options.redeliverTo().isPresent()) {
        log.warn(
            "event {} was not delivered again: {} does not subscribe to {}",
            SafeText.of(receipt.id()),
            options.redeliverTo().get(),
            receipt.subject());
      } else if (receipt.reachedNobody()) {
        logOnce(receipt.subject());
      }
      return receipt;
    }
  }
}
