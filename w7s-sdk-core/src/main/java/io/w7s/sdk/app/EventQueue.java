package io.w7s.sdk.app;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.app.BatchReader.Contents;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.EventHandler;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Consumes a queue of events: unwraps each and takes it to the handler of its subject. */
final class EventQueue implements Route {

  private static final TypeRef<Object> ANY = TypeRef.of(Object.class);

  private final String queue;
  private final Map<String, Subscriber<?>> subscribers;

  /** Handles events of all other subjects; null when they are to fail their batch. */
  private @Nullable Subscriber<?> other;

  EventQueue(String queue) {
    this(queue, new ConcurrentHashMap<>(), null);
  }

  private EventQueue(
      String queue, Map<String, Subscriber<?>> subscribers, @Nullable Subscriber<?> other) {
    this.queue = queue;
    this.subscribers = subscribers;
    this.other = other;
  }

  <T> void add(SubjectRef<T> subject, EventHandler<T> handler) {
    var subscriber = new Subscriber<>(subject.type(), handler);
    refuseSecond(subject.name(), subscribers.putIfAbsent(subject.name(), subscriber));
  }

  void addOther(EventHandler<Object> handler) {
    refuseSecond("other subjects", other);
    other = new Subscriber<>(ANY, handler);
  }

  private void refuseSecond(String what, @Nullable Subscriber<?> first) {
    if (first != null) {
      throw new InvalidInputException(
          "event handler", what + " on queue " + queue + " twice", "declared once");
    }
  }

  /** Returns a route that later subscriptions do not change. */
  @Override
  public Route copy() {
    return new EventQueue(queue, Map.copyOf(subscribers), other);
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, JsonCodec codec)
      throws BadRequest, HandlerFailure {
    QueueBatch<Unwrapped> batch = BatchReader.read(request, queue, body -> contents(body, codec));
    EachMessage.of(batch, message -> requireNonNull(message.body()).handle(message));
    return Responses.acknowledged();
  }

  private Contents<Unwrapped> contents(JsonSlice body, JsonCodec codec) {
    EventMessage event = EventMessage.read(body);
    return new Contents<>(unwrap(event, codec), event.traceParent(), Optional.empty());
  }

  private Unwrapped unwrap(EventMessage event, JsonCodec codec) {
    Subscriber<?> declared = subscribers.get(event.subject());
    Subscriber<?> subscriber = declared == null ? other : declared;
    if (subscriber == null) {
      return message -> {
        throw new IllegalStateException("no handler for subject " + event.subject());
      };
    }
    return subscriber.unwrap(event, codec);
  }

  @Override
  public boolean isDelivery() {
    return true;
  }

  /** An event with its data read, ready for its handler. */
  private interface Unwrapped {
    void handle(QueueMessage<Unwrapped> message) throws Exception;
  }

  private record Subscriber<T>(TypeRef<T> type, EventHandler<T> handler) {

    Unwrapped unwrap(EventMessage event, JsonCodec codec) {
      @Nullable T data = Bodies.read(codec, event.data(), type);
      AppId source = source(event.source());
      return message ->
          handler.handle(
              new Event<>(
                  event.id() == null ? message.id() : event.id(),
                  event.subject(),
                  source,
                  data,
                  message.attempt(),
                  Optional.ofNullable(event.time()),
                  message.traceParent()));
    }

    private static AppId source(@Nullable String source) {
      try {
        if (source != null) {
          return AppId.parse(source);
        }
      } catch (InvalidInputException notAnApp) {
        throw new CodecException("event", "$.source", "is not owner/repo", notAnApp);
      }
      throw new CodecException("event", "$.source", "is missing", null);
    }
  }
}
