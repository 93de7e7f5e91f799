package io.w7s.samples.email;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Consumes events from a queue and remembers the newest, instead of sending mail. */
final class EmailWorker {

  static final QueueRef<Event> EVENTS = AppRef.of("acme/email-worker").queue("events", Event.class);
  static final RpcRef<Void, Deliveries> DELIVERIES =
      AppRef.of("acme/email-worker").get("/deliveries", Deliveries.class);
  static final RpcRef<Void, Cleared> CLEAR =
      AppRef.of("acme/email-worker").delete("/deliveries", Cleared.class);
  static final RpcRef<Void, Health> HEALTH =
      AppRef.of("acme/email-worker").get("/health", Health.class);

  private static final int MOST_DELIVERIES = 1_000;

  /** A batch has ten messages of 64 KiB, unless the manifest says otherwise. */
  private static final int LARGEST_BATCH = 1024 * 1024;

  private final Deque<Delivery> deliveries = new ArrayDeque<>();

  private EmailWorker() {}

  static W7sApp app() {
    var worker = new EmailWorker();
    return W7sApp.builder(AppRef.of("acme/email-worker"))
        .onBatch(EVENTS, worker::take)
        .on(DELIVERIES, request -> worker.deliveries())
        .on(CLEAR, request -> worker.clear())
        .on(HEALTH, request -> new Health(true, "email-worker"))
        .maxBodyBytes(LARGEST_BATCH)
        .build();
  }

  private synchronized void take(QueueBatch<Event> batch) {
    Instant now = Instant.now();
    batch.messages().forEach(message -> deliveries.add(Delivery.of(batch, message, now)));
    while (deliveries.size() > MOST_DELIVERIES) {
      deliveries.remove();
    }
  }

  private synchronized Deliveries deliveries() {
    return new Deliveries(true, "email-worker", deliveries.size(), List.copyOf(deliveries));
  }

  private synchronized Cleared clear() {
    deliveries.clear();
    return new Cleared(true, true);
  }
}
