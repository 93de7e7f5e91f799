package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.ThrowableText;
import io.w7s.sdk.json.JsonCodec;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes of an app share. */
final class AppContext {

  private static final Logger log = LoggerFactory.getLogger(W7sApp.class);

  private final AppId app;
  private final JsonCodec codec;
  private final MessageBodies messageBodies;
  private final List<HandlerInterceptor> interceptors;
  private final Map<String, ReliableQueue> reliableQueues;
  private final @Nullable DurableRuns durableRuns;
  private final @Nullable ScheduleTicks ticks;
  private final AtomicBoolean warnedOfRedelivery = new AtomicBoolean();

  AppContext(
      AppId app,
      JsonCodec codec,
      @Nullable BlobStore blobs,
      List<HandlerInterceptor> interceptors,
      Map<String, Consumption> consumption,
      @Nullable DurableRuns durableRuns,
      @Nullable ProcessedMessages scheduleRuns) {
    this.app = app;
    this.ticks = scheduleRuns == null ? null : new ScheduleTicks(app, scheduleRuns);
    this.durableRuns = durableRuns;
    this.codec = codec;
    this.messageBodies = new MessageBodies(codec, blobs);
    this.interceptors = List.copyOf(interceptors);
    reliableQueues =
        consumption.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey,
                    each -> new ReliableQueue(app, each.getKey(), each.getValue())));
  }

  AppId app() {
    return app;
  }

  JsonCodec codec() {
    return codec;
  }

  /** Returns what reads the bodies of messages and events. */
  MessageBodies messageBodies() {
    return messageBodies;
  }

  List<HandlerInterceptor> interceptors() {
    return interceptors;
  }

  /** Returns how a queue is consumed; null for the platform's plain way. */
  @Nullable ReliableQueue reliable(String queue) {
    return reliableQueues.get(queue);
  }

  Collection<ReliableQueue> reliableQueues() {
    return reliableQueues.values();
  }

  /** Returns what remembers the runs of schedules; null when nothing does. */
  @Nullable ScheduleTicks ticks() {
    return ticks;
  }

  /** Returns whether the app has durable workflows. */
  boolean hasDurableRuns() {
    return durableRuns != null;
  }

  /**
   * Returns the durable workflows.
   *
   * @throws InvalidInputException when the app has none
   */
  DurableRuns durableRuns() {
    if (durableRuns == null) {
      throw new InvalidInputException(
          "workflows of " + app, "none that is durable", "declared with (run, steps) -> ...");
    }
    return durableRuns;
  }

  /** Says once what happens when a message comes again, and what can be done about it. */
  void warnOfRedelivery(String queue, Object input) {
    if (HandlerInvocation.attempt(input) > 1 && warnedOfRedelivery.compareAndSet(false, true)) {
      log.warn(
          "{} of queue {} in {} was delivered again, and its handler runs again: with"
              + " W7sApp.Builder.consumption(each -> each.once(...).park(...)) messages that were"
              + " handled are skipped, and one that always fails is set aside instead of being"
              + " dropped with its batch",
          HandlerFailure.name(input),
          queue,
          app);
    }
  }

  boolean hasInterceptors() {
    return !interceptors.isEmpty();
  }

  /**
   * Calls a handler inside the interceptors.
   *
   * @param input what the handler gets
   * @param headers those of the request
   * @return what the handler returned
   */
  @Nullable Object call(
      HandlerKind kind, String name, Object input, Headers headers, Callable<?> handler)
      throws Exception {
    return hasInterceptors()
        ? new HandlerInvocation(this, kind, name, input, headers, handler).run()
        : handler.call();
  }

  /** Logs that a handler failed, with its exception, and returns the failure. */
  HandlerFailure failed(HandlerFailure failure) {
    String reason = ThrowableText.of(failure.cause());
    try {
      log.error("{} in {} failed: {}", failure.what(), app, reason, failure.cause());
    } catch (Throwable broken) { // a logger that reads an exception calls its methods
      log.error("{} in {} failed: {}", failure.what(), app, reason);
    }
    return failure;
  }

  /** Logs that a message could not be read, without its content, and returns the failure. */
  HandlerFailure unreadable(HandlerFailure failure) {
    log.error(
        "{} in {} could not be read: {}",
        failure.what(),
        app,
        ThrowableText.reason(failure.cause()));
    return failure;
  }

  /**
   * Returns the response for what a handler threw. The reason is in the log, not in the response.
   */
  AppResponse handlerFailed(String handler, Throwable thrown) {
    if (thrown instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return Responses.handlerFailed(List.of(failed(HandlerFailure.of(handler, thrown))));
  }
}
