package io.w7s.samples.quickstart;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.local.LocalAppServer;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** An event: one app says what happened, every app that subscribed to the subject handles it. */
public final class EventQuickstart {

  record OrderCreated(String orderId) {}

  static final SubjectRef<OrderCreated> ORDER_CREATED =
      SubjectRef.of("orders.created", OrderCreated.class);

  private EventQuickstart() {}

  /** The publisher, which declares what it publishes. */
  static final W7sApp SHOP =
      W7sApp.builder(AppRef.of("acme/shop")).publishes(ORDER_CREATED).build();

  /** A subscriber: its queue {@code events} gets the event. There can be any number of them. */
  static W7sApp subscriber(String app, Consumer<OrderCreated> handler) {
    return W7sApp.builder(AppRef.of(app))
        .on(ORDER_CREATED, "events", event -> handler.accept(event.data()))
        .build();
  }

  static void order(W7s shop, String orderId) {
    shop.events().publish(ORDER_CREATED, new OrderCreated(orderId));
  }

  /** Runs the publisher and a subscriber in this process, over HTTP. */
  public static void main(String[] args) throws InterruptedException {
    var handled = new CountDownLatch(1);
    W7sApp billing =
        subscriber(
            "acme/billing",
            created -> {
              System.out.println("event: an invoice for " + created.orderId());
              handled.countDown();
            });
    var config = W7sConfig.builder().app("acme/shop").localManifest("acme/shop", SHOP.manifest());
    try (LocalAppServer server = LocalAppServer.start(billing);
        W7s shop =
            W7s.of(
                config
                    .localApp("acme/billing", server.url())
                    .localManifest("acme/billing", billing.manifest())
                    .build())) {
      order(shop, "ord_1");
      handled.await();
    }
  }
}
