package io.w7s.sdk.app;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.event.EventRouter;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.Subscriber;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * An ordinary app that routes events, for as long as the platform has no endpoint for them. Its
 * answers are those of the platform's JavaScript example, so publishers and subscribers can be in
 * any language.
 *
 * <pre>{@code
 * W7s w7s = W7s.fromEnvironment();
 * EventRegistry registry = new EventRegistry()
 *     .publish(AppId.parse("acme/shop"), w7s.environment(), ORDER_CREATED)
 *     .subscribe(AppId.parse("acme/worker"), w7s.environment(), ORDER_CREATED, "events");
 * LocalAppServer.start(EventRouterApp.of(w7s, EventRouter.of(registry)));
 * }</pre>
 *
 * <ul>
 *   <li>{@code POST /publish} takes {@code {"id","subject","source","time","data"}} by RPC, in
 *       which only the subject is required, or a CloudEvent in structured mode whose type is the
 *       subject. The publisher is the caller, whatever the event says. The answer is 202, or 502
 *       when a delivery failed, with {@code {"ok","service","accepted","subject","publisher",
 *       "deliveries":[{"repository","queue","target","ok","status","response"}]}}; a subscriber
 *       that had the event already is {@code ok} and has {@code "skipped":true} besides. A refusal
 *       is 400, 401, 403 or 413 with {@code {"ok":false,"error"}}.
 *   <li>{@code GET /subscriptions} answers {@code {"subjects":{SUBJECT:[{"repository","queue"}]}}}.
 *   <li>{@code GET /health} answers {@code {"ok":true,"service"}}.
 * </ul>
 *
 * <p>It sends to all subscribers at once. The sends are those of {@link W7s#queues()}: they are
 * retried and timed out by its options, which should end before the publisher's patience does.
 */
public final class EventRouterApp {

  /** What does not fit into a queue message anyway is not read. */
  private static final int LARGEST_EVENT = 64 * 1024;

  private EventRouterApp() {}

  /**
   * Returns the app of a W7s as a router.
   *
   * @param w7s what sends to the subscribers' queues; the app that routes is its app, in its
   *     environment
   */
  public static W7sApp of(W7s w7s, EventRouter router) {
    return builder(w7s, router).build();
  }

  /** Begins a router app that differs from the default. */
  public static Builder builder(W7s w7s, EventRouter router) {
    return new Builder(w7s, router);
  }

  /** What can be set of a router app. Not thread-safe. */
  public static final class Builder {

    private final W7s w7s;
    private final EventRouter router;
    private Function<Delivery, String> target = delivery -> delivery.app() + "/" + delivery.queue();
    private boolean trustsSource;

    private Builder(W7s w7s, EventRouter router) {
      this.w7s = w7s;
      this.router = router;
    }

    /**
     * Sets what the answer shows as a delivery's {@code target}, for people to read. Default {@code
     * owner/repo/queue}.
     */
    public Builder target(Function<Delivery, String> target) {
      this.target = target;
      return this;
    }

    /**
     * Takes the event's own word, its {@code source}, for who publishes when a request says nothing
     * of its caller. For machines where only friends can call; by default that is refused with 401.
     */
    public Builder trustSource() {
      trustsSource = true;
      return this;
    }

    /** Returns the app. */
    public W7sApp build() {
      return W7sApp.builder(new AppRef(w7s.app()))
          .route("POST", "/publish", new PublishRoute(w7s, router, target, trustsSource))
          .route("GET", "/subscriptions", new ValueRoute(this::subscriptions))
          .route("GET", "/health", new ValueRoute(this::health))
          .maxBodyBytes(LARGEST_EVENT)
          .build();
    }

    private Map<String, ?> subscriptions() {
      var subjects = new LinkedHashMap<String, Object>();
      router
          .directory()
          .subscriptions(w7s.environment())
          .forEach((subject, all) -> subjects.put(subject, all.stream().map(this::shown).toList()));
      return Map.of("subjects", subjects);
    }

    private Map<String, ?> shown(Subscriber subscriber) {
      var shown = new LinkedHashMap<String, Object>();
      shown.put("repository", subscriber.app().toString());
      shown.put("queue", subscriber.queue());
      return shown;
    }

    private Map<String, ?> health() {
      var health = new LinkedHashMap<String, Object>();
      health.put("ok", true);
      health.put("service", w7s.app().repo());
      return health;
    }
  }
}
