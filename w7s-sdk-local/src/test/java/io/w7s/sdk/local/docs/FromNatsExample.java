package io.w7s.sdk.local.docs;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import java.time.Duration;

/** The W7S side of docs/from-nats.md. */
final class FromNatsExample {

  record Job(String to) {}

  record Order(String orderId) {}

  record Price(int cents) {}

  static final SubjectRef<Order> CREATED = SubjectRef.of("orders.created", Order.class);
  static final SubjectRef<Order> PAID = SubjectRef.of("orders.paid", Order.class);
  static final QueueRef<Job> JOBS = AppRef.of("acme/worker").queue("jobs", Job.class);
  static final RpcRef<Order, Price> PRICE =
      AppRef.of("acme/prices").post("/price", Order.class, Price.class);

  static void publish(W7s w7s, Order order) {
    // [publish]
    w7s.events().publish(CREATED, order);
    // [publish]
  }

  static W7sApp subscribe() {
    // [subscribe]
    W7sApp audit =
        W7sApp.builder(AppRef.of("acme/audit"))
            .on(CREATED, "events", event -> record(event.data()))
            .on(PAID, "events", event -> record(event.data()))
            .build();
    // [subscribe]
    return audit;
  }

  static void queue(W7s w7s) {
    // [queue]
    w7s.queues().send(JOBS, new Job("a@b.c"));
    // [queue]
  }

  static W7sApp work() {
    // [work]
    W7sApp worker =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(JOBS, message -> mail(message.body().to()))
            .build();
    // [work]
    return worker;
  }

  static int request(W7s w7s, Order order) {
    // [request]
    Price price = w7s.rpc().with(call -> call.timeout(Duration.ofSeconds(1))).call(PRICE, order);
    // [request]
    return price.cents();
  }

  static W7sApp reply() {
    // [reply]
    W7sApp prices =
        W7sApp.builder(AppRef.of("acme/prices")).on(PRICE, request -> new Price(4_200)).build();
    // [reply]
    return prices;
  }

  static void once(W7s w7s, Order order) {
    // [once]
    w7s.events().publish(CREATED, order, publish -> publish.id("created-" + order.orderId()));
    // [once]
  }

  private static void record(Order order) {
    System.out.println(order.orderId());
  }

  private static void mail(String to) {
    System.out.println(to);
  }

  private FromNatsExample() {}
}
