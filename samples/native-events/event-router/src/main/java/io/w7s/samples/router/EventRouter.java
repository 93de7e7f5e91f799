package io.w7s.samples.router;

import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Takes events, and sends each to the queues that subscribed to its subject. */
final class EventRouter {

  static final RpcRef<Event, RouteAnswer> PUBLISH =
      RpcRef.post("/publish", Event.class, RouteAnswer.class);
  static final RpcRef<Void, Subscriptions> SUBSCRIPTIONS =
      RpcRef.get("/subscriptions", Subscriptions.class);
  static final RpcRef<Void, Health> HEALTH = RpcRef.get("/health", Health.class);

  static final QueueRef<Event> EMAILS = QueueRef.of("acme/email-worker", "events", Event.class);

  private static final Map<String, List<QueueRef<Event>>> SUBSCRIBERS =
      Map.of("orders.created", List.of(EMAILS));

  /** What a queue message may hold. */
  private static final int LARGEST_EVENT = 64 * 1024;

  private final W7s w7s;
  private final Function<QueueRef<?>, String> targets;

  private EventRouter(W7s w7s, Function<QueueRef<?>, String> targets) {
    this.w7s = w7s;
    this.targets = targets;
  }

  /**
   * Returns the app.
   *
   * @param targets tells, for a reader, where a queue is
   */
  static W7sApp app(W7s w7s, Function<QueueRef<?>, String> targets) {
    var router = new EventRouter(w7s, targets);
    return W7sApp.builder("acme/event-router")
        .onReply(PUBLISH, router::publish)
        .on(SUBSCRIPTIONS, request -> Subscriptions.of(SUBSCRIBERS))
        .on(HEALTH, request -> new Health(true, "event-router"))
        .maxBodyBytes(LARGEST_EVENT)
        .build();
  }

  private RpcReply publish(RpcRequest<Event> request) {
    Event event = request.body();
    if (event == null || event.subject() == null) {
      return RpcReply.of(400, new Refusal(false, "an event needs a subject"));
    }
    try {
      SubjectRef.of(event.subject(), Object.class);
    } catch (InvalidInputException notOne) {
      return RpcReply.of(400, new Refusal(false, notOne.getMessage()));
    }
    // whom the platform names counts more than what the event says of itself
    String publisher =
        request.caller().map(caller -> caller.app().toString()).orElse(event.source());
    List<Delivery> deliveries = deliver(event.publishedBy(publisher));
    boolean ok = deliveries.stream().allMatch(Delivery::ok);
    return RpcReply.of(
        ok ? 202 : 502,
        new RouteAnswer(ok, "event-router", true, event.subject(), publisher, deliveries));
  }

  /** Sends to all subscribers at once, so that one that does not answer holds up no other. */
  private List<Delivery> deliver(Event event) {
    List<CompletableFuture<Delivery>> sends =
        SUBSCRIBERS.getOrDefault(event.subject(), List.of()).stream()
            .map(queue -> deliver(event, queue))
            .toList();
    return sends.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<Delivery> deliver(Event event, QueueRef<Event> queue) {
    String target = targets.apply(queue);
    return w7s.queues()
        .sendAsync(queue, event)
        .handle(
            (receipt, failure) ->
                failure == null
                    ? Delivery.taken(queue, target, receipt)
                    : Delivery.failed(queue, target, failure));
  }
}
