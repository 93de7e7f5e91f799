package io.w7s.benchmarks;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.testing.InMemoryW7s;
import java.util.Locale;

/**
 * Prints how long a new JVM takes from {@code main} until a test has had its first message handled.
 */
final class FirstMessage {

  private FirstMessage() {}

  /** Runs once; archives of classes are made from the JVM's options. */
  public static void main(String[] args) {
    long start = System.nanoTime();
    QueueRef<Order> jobs = AppRef.of("acme/worker").queue("jobs", Order.class);
    var handled = new long[1];
    InMemoryW7s w7s = InMemoryW7s.create();
    w7s.deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(jobs, message -> handled[0] = System.nanoTime())
            .build());
    var order = new Order("ord_0123456789", "Ada Lovelace", 4250, "EUR", "");
    w7s.as("acme/shop").queues().send(jobs, order);
    w7s.runUntilIdle();
    System.out.printf(Locale.ROOT, "%.1f%n", (handled[0] - start) / 1e6);
  }
}
