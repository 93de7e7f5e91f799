package io.w7s.sdk.testing.guide;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import java.util.List;

/** The apps of the guide. */
interface Shop {

  // [apps]
  record Order(String id) {}

  SubjectRef<Order> ORDERED = SubjectRef.of("orders.created", Order.class);
  QueueRef<Order> PARCELS = AppRef.of("acme/stock").queue("parcels", Order.class);

  static W7sApp subscriber(String app, List<String> handled) {
    return W7sApp.builder(AppRef.of(app))
        .on(ORDERED, "events", event -> handled.add(app + " " + event.data().id()))
        .build();
  }

  static W7sApp stock(List<String> packed) {
    return W7sApp.builder(AppRef.of("acme/stock"))
        .on(PARCELS, message -> packed.add(message.body().id()))
        .build();
  }
  // [apps]
}
