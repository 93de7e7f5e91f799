package io.w7s.sdk.local.docs;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.PublishOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The NATS side of docs/from-nats.md, compiled like the W7S side. */
final class NatsExample {

  static void publish(Connection nats, byte[] order) {
    // [nats-publish]
    nats.publish("orders.created", order);
    // [nats-publish]
  }

  static void subscribe(Connection nats) {
    // [nats-subscribe]
    Dispatcher audit = nats.createDispatcher(message -> record(message.getData()));
    audit.subscribe("orders.*");
    // [nats-subscribe]
  }

  static void work(Connection nats) {
    // [nats-work]
    Dispatcher worker = nats.createDispatcher(message -> mail(message.getData()));
    worker.subscribe("jobs", "workers");
    // [nats-work]
  }

  static void queue(Connection nats, byte[] job) {
    // [nats-queue]
    nats.publish("jobs", job);
    // [nats-queue]
  }

  static byte[] request(Connection nats, byte[] order)
      throws InterruptedException, ExecutionException, TimeoutException {
    // [nats-request]
    Message price =
        nats.request("price", order).get(Duration.ofSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
    // [nats-request]
    return price.getData();
  }

  static void reply(Connection nats, byte[] price) {
    // [nats-reply]
    nats.createDispatcher(message -> nats.publish(message.getReplyTo(), price)).subscribe("price");
    // [nats-reply]
  }

  static void once(Connection nats, String orderId, byte[] order)
      throws IOException, JetStreamApiException {
    // [nats-once]
    JetStream stream = nats.jetStream();
    stream.publish(
        "orders.created", order, PublishOptions.builder().messageId("created-" + orderId).build());
    // [nats-once]
  }

  private static void record(byte[] order) {
    System.out.println(order.length);
  }

  private static void mail(byte[] job) {
    System.out.println(job.length);
  }

  private NatsExample() {}
}
