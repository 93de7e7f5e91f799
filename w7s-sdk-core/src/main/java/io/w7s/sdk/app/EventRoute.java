package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.EventHandler;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.queue.Claim;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Consumes a queue of events: takes each one to the handler of its subject. */
final class EventRoute implements Route, MessageLoop.Consumer<EventRoute.Received<?>> {

  private static final TypeRef<Object> ANY = TypeRef.of(Object.class);

  /** Fails the events of subjects that have no handler, so that they do not get lost unseen. */
  private static final Subscriber<Object> NO_HANDLER =
      new Subscriber<>(
          ANY,
          context ->
              event -> {
                throw new IllegalStateException(
                    "no handler for subject " + SafeText.of(event.subject()));
              });

  private final String queue;
  private final Map<String, Subscriber<?>> subscribers;

  /** Handles the events of all other subjects; null for {@link #NO_HANDLER}. */
  private @Nullable Subscriber<?> other;

  /** Most events have the same source as the one before. */
  private volatile @Nullable Source lastSource;

  EventRoute(String queue) {
    this(queue, new ConcurrentHashMap<>(), null);
  }

  private EventRoute(
      String queue, Map<String, Subscriber<?>> subscribers, @Nullable Subscriber<?> other) {
    this.queue = queue;
    this.subscribers = subscribers;
    this.other = other;
  }

  /** The handler of a subject, which may need the app, and the type of data that it takes. */
  private record Subscriber<T>(TypeRef<T> type, Function<AppContext, EventHandler<T>> handler) {

    Received<T> read(
        EventMessage event, AppId source, QueueDelivery.Message message, AppContext context) {
      return new Received<>(
          Event.builder(
                  String.valueOf(event.subject()), // an event has one
                  context.messageBodies().read(event.data(), type))
              .id(event.id())
              .source(source)
              .messageId(message.id())
              .attempt(message.attempts())
              .time(event.time())
              .traceParent(event.traceParent())
              .build(),
          handler.apply(context));
    }
  }

  /** The source of an event, as text and read. */
  private record Source(String text, AppId app) {

    static Source of(@Nullable String text) {
      if (text == null) {
        throw new CodecException("event", "$.source", "is missing", null);
      }
      try {
        return new Source(text, AppId.parse(text));
      } catch (InvalidInputException notAnApp) {
        throw new CodecException("event", "$.source", "is not owner/repo", notAnApp);
      }
    }
  }

  private AppId source(EventMessage event) {
    Source last = lastSource;
    if (last == null || !last.text().equals(event.source())) {
      last = Source.of(event.source());
      lastSource = last;
    }
    return last.app();
  }

  private final class EventReader implements ReceivedBatch.Reader<EventMessage, Received<?>> {

    private final AppContext context;

    EventReader(AppContext context) {
      this.context = context;
    }

    @Override
    public EventMessage body(JsonReader in) {
      return EventMessage.read(in);
    }

    @Override
    public Received<?> message(
        QueueDelivery.Message message, EventMessage event, @Nullable Caller caller) {
      return subscribers
          .getOrDefault(event.subject(), other == null ? NO_HANDLER : other)
          .read(event, source(event), message, context);
    }

    /** The same event may come in several messages, when it was published again. */
    @Override
    public String key(QueueDelivery.Message message, EventMessage event) {
      return event.id() == null || event.source() == null
          ? MessageKeys.of(message)
          : MessageKeys.ofEvent(event.source(), event.id());
    }

    @Override
    public @Nullable String sentId(EventMessage event) {
      return event.id();
    }

    @Override
    public Received<?> claimed(Received<?> received, Claim claim) {
      return received.claimed(claim);
    }
  }

  /** An event and the handler of its subject. */
  record Received<T>(Event<T> event, EventHandler<T> handler) {

    Received<T> claimed(Claim claim) {
      return new Received<>(event.claimed(claim), handler);
    }

    void handle() throws Exception {
      handler.handle(event);
    }
  }

  <T> void add(SubjectRef<T> subject, Function<AppContext, EventHandler<T>> handler) {
    var subscriber = new Subscriber<>(subject.type(), handler);
    if (subscribers.putIfAbsent(subject.name(), subscriber) != null) {
      throw refuseSecond(subject.name());
    }
  }

  void addOther(EventHandler<Object> handler) {
    if (other != null) {
      throw refuseSecond("other subjects");
    }
    other = new Subscriber<>(ANY, context -> handler);
  }

  private InvalidInputException refuseSecond(String what) {
    return new InvalidInputException(
        "event handler", what + " on queue " + queue + " twice", "declared once");
  }

  /** Returns a route that later subscriptions do not change. */
  @Override
  public Route copy() {
    return new EventRoute(queue, Map.copyOf(subscribers), other);
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, AppContext context)
      throws BadRequest {
    ReliableQueue reliable = context.reliable(queue);
    if (reliable != null) {
      return reliable.deliver(
          request, context, kind(), new EventReader(context), Handling.oneByOne(this));
    }
    ReceivedBatch<Received<?>> batch = ReceivedBatch.read(request, queue, new EventReader(context));
    return MessageLoop.run(context, kind(), batch, this);
  }

  @Override
  public Object input(Received<?> received) {
    return received.event();
  }

  @Override
  public void handle(Received<?> received) throws Exception {
    received.handle();
  }

  @Override
  public HandlerKind kind() {
    return HandlerKind.EVENT;
  }

  @Override
  public String name(String method, String path) {
    return queue;
  }
}
