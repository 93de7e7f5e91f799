package io.w7s.sdk.events;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.internal.text.PlatformLimits;
import io.w7s.sdk.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * An ordinary app that routes events, as long as the platform has no endpoint for them. Its
 * responses are those of the platform's JavaScript example, so publishers and subscribers can be
 * written in any language.
 *
 * <pre>{@code
 * W7s w7s = W7s.fromEnvironment();
 * EventRegistry registry = new EventRegistry()
 *     .allowPublish(AppId.parse("acme/shop"), w7s.environment(), ORDER_CREATED)
 *     .subscribe(AppId.parse("acme/worker"), w7s.environment(), ORDER_CREATED, "events");
 * LocalAppServer.start(EventRouterApp.of(w7s, EventRouter.of(registry)));
 * }</pre>
 *
 * <ul>
 *   <li>{@code POST /publish} takes {@code {"id","subject","source","time","data"}} by RPC, of
 *       which only the subject is required, or a CloudEvent in structured mode whose type is the
 *       subject. The publisher is the caller, whatever the event says. The status is 202, or 502
 *       when a delivery failed, and the body {@code {"ok","service","accepted","subject",
 *       "publisher","deliveries":[{"repository","queue","target","ok","status","response"}]}}. A
 *       subscriber that had the event already is {@code ok}, and has {@code "skipped":true} in
 *       addition. A refusal is a 400, 401, 403 or 413 with {@code {"ok":false,"error"}}.
 *   <li>{@code GET /subscriptions} returns {@code {"subjects":{SUBJECT:[{"repository",
 *       "queue"}]}}}.
 *   <li>{@code GET /health} returns {@code {"ok":true,"service"}}.
 * </ul>
 *
 * <p>The app sends to all subscribers at once with {@link W7s#queues()}. The options of that {@link
 * W7s} decide about retries and timeouts of a send; choose them so that a send ends before the
 * publisher's own timeout.
 */
public final class EventRouterApp {

  private EventRouterApp() {}

  /**
   * Returns an app that routes events.
   *
   * @param w7s sends to the queues of subscribers; the router is the app of this W7s, in its
   *     environment
   */
  public static W7sApp of(W7s w7s, EventRouter router) {
    return builder(w7s, router).build();
  }

  /** Begins an app that differs from the default. */
  public static Builder builder(W7s w7s, EventRouter router) {
    return new Builder(w7s, router);
  }

  /** Builds an app that routes events. Not thread-safe. */
  public static final class Builder {

    private final W7s w7s;
    private final EventRouter router;
    private Function<Delivery, String> target = delivery -> delivery.app() + "/" + delivery.queue();
    private boolean trustsSource;

    private Builder(W7s w7s, EventRouter router) {
      this.w7s = requireNonNull(w7s, "w7s");
      this.router = requireNonNull(router, "router");
    }

    /**
     * Sets what a response shows as the {@code target} of a delivery, for people to read. Default
     * {@code owner/repo/queue}.
     */
    public Builder target(Function<Delivery, String> target) {
      this.target = requireNonNull(target, "target");
      return this;
    }

    /**
     * Takes the {@code source} of an event for its publisher when the request does not say who
     * calls. For machines that only trusted programs can reach; by default such a request is
     * refused with 401.
     */
    public Builder trustSource() {
      trustsSource = true;
      return this;
    }

    /** Returns the app. */
    public W7sApp build() {
      var app = new AppRef(w7s.app());
      return W7sApp.builder(app)
          .onReply(
              app.post("/publish", RawJson.class, RawJson.class),
              new PublishHandler(w7s, router, target, trustsSource))
          .on(app.get("/subscriptions", RawJson.class), request -> subscriptions())
          .on(app.get("/health", RawJson.class), request -> health())
          .maxBodyBytes(PlatformLimits.MAX_BODY_BYTES)
          .build();
    }

    private RawJson subscriptions() {
      var subjects = new LinkedHashMap<String, Object>();
      router
          .directory()
          .subscriptions(w7s.environment())
          .forEach(
              (subject, all) -> subjects.put(subject, all.stream().map(Builder::queue).toList()));
      return json(Map.of("subjects", subjects));
    }

    private static Map<String, Object> queue(Subscriber subscriber) {
      var queue = new LinkedHashMap<String, Object>();
      queue.put("repository", subscriber.app().toString());
      queue.put("queue", subscriber.queue());
      return queue;
    }

    private RawJson health() {
      var health = new LinkedHashMap<String, Object>();
      health.put("ok", true);
      health.put("service", w7s.app().repo());
      return json(health);
    }

    private static RawJson json(Map<String, ?> body) {
      return RawJson.of(JsonValues.write(body));
    }
  }
}
