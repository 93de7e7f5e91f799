package io.w7s.sdk.local.docs;

import static java.time.Duration.ofSeconds;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.events.EventMap;
import io.w7s.sdk.events.EventRegistry;
import io.w7s.sdk.events.EventRouter;
import io.w7s.sdk.events.EventRouterApp;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.queue.QueueRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The code of docs/events.md. */
final class EventsExample {

  final List<String> mails = new ArrayList<>();

  // [subject]
  record OrderCreated(String orderId, String email) {}

  interface Shop {
    SubjectRef<OrderCreated> ORDER_CREATED = SubjectRef.of("orders.created", OrderCreated.class);
  }

  // [subject]

  W7sApp shop() {
    // [publishes]
    W7sApp shop = W7sApp.builder(AppRef.of("acme/shop")).publishes(Shop.ORDER_CREATED).build();
    // [publishes]
    return shop;
  }

  W7sApp worker() {
    // [subscribe]
    W7sApp worker =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(Shop.ORDER_CREATED, "events", event -> mail(event.data().email()))
            .onUnhandled("events", event -> System.out.println("not for us: " + event.subject()))
            .build();
    // [subscribe]
    return worker;
  }

  private void mail(String to) {
    mails.add(to);
  }

  static PublishReceipt publish(W7s w7s) {
    // [publish]
    PublishReceipt receipt =
        w7s.events()
            .publish(
                Shop.ORDER_CREATED,
                new OrderCreated("ord_1", "a@b.c"),
                publish -> publish.id("order-ord_1-created"));
    for (PublishReceipt.Delivery failed : receipt.failed()) {
      System.out.println(failed.app() + " does not have it: " + failed.error().orElse("?"));
    }
    // [publish]
    return receipt;
  }

  static W7s senderOfTheRouter(W7sConfig config) {
    // [router-sends]
    W7s w7s =
        W7s.builder(config)
            .options(call -> call.timeout(ofSeconds(5))) // the publisher waits for 10 s
            .build();
    // [router-sends]
    return w7s;
  }

  static W7sApp router(W7s w7s, W7sApp shop, W7sApp worker) {
    // [router]
    EventRegistry registry =
        new EventRegistry()
            .put(AppId.parse("acme/shop"), w7s.environment(), shop.manifest())
            .put(AppId.parse("acme/worker"), w7s.environment(), worker.manifest());
    W7sApp router = EventRouterApp.of(w7s, EventRouter.of(registry));
    // [router]
    return router;
  }

  static EventMap map(W7sApp shop, W7sApp worker) {
    // [map]
    EventMap map =
        EventMap.of(
            Map.of(
                AppId.parse("acme/shop"), shop.manifest(),
                AppId.parse("acme/worker"), worker.manifest()));
    System.out.print(map.text()); // or map.mermaid()
    // [map]
    return map;
  }

  record Job(String to) {}

  static void send(W7s w7s, String traceParent) {
    QueueRef<Job> jobs = AppRef.of("acme/worker").queue("jobs", Job.class);
    OrderCreated order = new OrderCreated("ord_2", "a@b.c");
    // [cloudevents]
    w7s.events().publish(Shop.ORDER_CREATED, order, publish -> publish.asCloudEvent());
    w7s.queues().send(jobs, new Job("a@b.c"), send -> send.asCloudEvent("com.acme.mail"));
    // [cloudevents]
    // [trace]
    w7s.events().publish(Shop.ORDER_CREATED, order, publish -> publish.traceParent(traceParent));
    // [trace]
  }

  /**
   * Publishes an event twice, through a router. Publisher, router and subscriber have a server
   * each.
   */
  List<PublishReceipt> run() {
    W7sApp worker = worker();
    try (LocalAppServer workerServer = LocalAppServer.start(worker);
        W7s sender =
            senderOfTheRouter(
                W7sConfig.builder()
                    .app("acme/event-router")
                    .localApp("acme/worker", workerServer.url())
                    .build());
        LocalAppServer routerServer = LocalAppServer.start(router(sender, shop(), worker));
        W7s publisher =
            W7s.of(
                W7sConfig.builder()
                    .app("acme/shop")
                    .eventRouter("acme/event-router")
                    .localApp("acme/event-router", routerServer.url())
                    .build())) {
      return List.of(publish(publisher), publish(publisher));
    }
  }
}
