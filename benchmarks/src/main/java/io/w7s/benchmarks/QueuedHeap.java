package io.w7s.benchmarks;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.QueueRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** How much heap a million queued messages take, and how much is left once they are handled. */
final class QueuedHeap {

  private static final int MESSAGES = 1_000_000;
  private static final QueueRef<Order> JOBS = AppRef.of("acme/worker").queue("jobs", Order.class);

  private QueuedHeap() {}

  static void print() {
    var time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 42);
    Platform platform = Platform.builder(time).build();
    long[] handled = {0};
    platform.deploy(
        Deployment.of(
            W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, message -> handled[0]++).build()));
    AppId id = AppId.parse("acme/shop");
    platform.deploy(Deployment.withoutBackend(id, Manifest.empty()));
    W7s shop =
        W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.MEMORY).app(id).build())
            .time(time)
            .transport(platform.transportFor(AppInstance.of(id)))
            .build();
    Order order = Order.sample();
    long empty = used();
    long start = System.nanoTime();
    for (int i = 0; i < MESSAGES; i++) {
      shop.queues().send(JOBS, order);
    }
    long sent = System.nanoTime();
    long ready = used();
    time.runUntilIdle(MESSAGES);
    long idle = used();
    for (int i = 0; i < MESSAGES; i++) {
      Duration delay = Duration.ofSeconds(i % 86_400);
      shop.queues().send(JOBS, order, send -> send.delay(delay));
    }
    long delayed = used();
    time.runUntilIdle(MESSAGES);
    System.out.printf(
        Locale.ROOT,
        "heap for each of 1,000,000 queued messages of %d B: %d B ready, %d B delayed; %d B more"
            + " than at first after all %,d were handled; %,d sends/s while they pile up%n",
        Order.BYTES,
        (ready - empty) / MESSAGES,
        (delayed - idle) / MESSAGES,
        idle - empty,
        handled[0],
        MESSAGES * 1_000_000_000L / (sent - start));
  }

  private static long used() {
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }
}
