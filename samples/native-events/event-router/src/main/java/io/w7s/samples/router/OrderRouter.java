package io.w7s.samples.router;

import io.w7s.sdk.AppId;
import io.w7s.sdk.W7s;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.events.EventRegistry;
import io.w7s.sdk.events.EventRouter;
import io.w7s.sdk.events.EventRouterApp;

/** Takes events of orders, from any app, and sends each to the queues that subscribed to it. */
final class OrderRouter {

  static final AppId EMAIL_WORKER = AppId.parse("acme/email-worker");
  static final SubjectRef<Object> ORDER_CREATED = SubjectRef.of("orders.created", Object.class);

  private OrderRouter() {}

  /** Begins the app, of which it depends on the place how a delivery's target is shown. */
  static EventRouterApp.Builder app(W7s w7s) {
    EventRegistry subscriptions =
        new EventRegistry().subscribe(EMAIL_WORKER, w7s.environment(), ORDER_CREATED, "events");
    return EventRouterApp.builder(w7s, EventRouter.of(subscriptions.allowAnyPublisher()));
  }
}
