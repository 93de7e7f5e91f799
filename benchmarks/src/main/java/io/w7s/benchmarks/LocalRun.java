package io.w7s.benchmarks;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Calls between two local apps in two JVMs: an RPC there and back, and messages until handled. */
final class LocalRun {

  private static final int MESSAGES = 100_000;
  private static final RpcRef<Order, Order> ECHO =
      AppRef.of("acme/worker").post("/echo", Order.class, Order.class);
  private static final RpcRef<Void, Long> HANDLED =
      AppRef.of("acme/worker").get("/handled", Long.class);
  private static final QueueRef<Order> JOBS = AppRef.of("acme/worker").queue("jobs", Order.class);

  private LocalRun() {}

  /** The worker's JVM: prints its URL, and serves until its standard input ends. */
  public static void main(String[] args) throws IOException {
    var handled = new AtomicLong();
    W7sApp worker =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(ECHO, request -> request.body())
            .on(HANDLED, request -> handled.get())
            .on(JOBS, message -> handled.incrementAndGet())
            .build();
    try (LocalAppServer server = LocalAppServer.start(worker);
        var bare = new BareServers()) {
      System.out.println(server.url());
      System.out.println(bare.jdk());
      System.out.println(bare.httpCore());
      System.in.read();
    }
  }

  static void print() throws Exception {
    try (OtherJvm worker = OtherJvm.of(LocalRun.class)) {
      measure(URI.create(worker.line()), URI.create(worker.line()), URI.create(worker.line()));
    }
  }

  private static void measure(URI url, URI jdk, URI httpCore) throws Exception {
    Order order = Order.sample();
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.LOCAL)
            .app("acme/shop")
            .localApp("acme/worker", url)
            .build();
    try (var bare = new Bare();
        W7s w7s = W7s.of(config)) {
      new Alternating(7, 1)
          .with("bare OkHttp + Jackson, JDK's server", () -> bare.order(jdk, order))
          .with("bare OkHttp + Jackson, HttpCore", () -> bare.order(httpCore, order))
          .with("SDK, RPC", () -> w7s.rpc().call(ECHO, order))
          .print(1, 8, 32);
      double[] perSecond = new double[5];
      for (int i = -2; i < perSecond.length; i++) {
        double figure = messagesPerSecond(w7s, order);
        if (i >= 0) {
          perSecond[i] = figure;
        }
      }
      Arrays.sort(perSecond);
      System.out.printf(
          Locale.ROOT,
          "local queue, batches of 10, sent until handled: %,.0f messages/s [%,.0f..%,.0f]%n",
          perSecond[perSecond.length / 2],
          perSecond[0],
          perSecond[perSecond.length - 1]);
    }
  }

  private static double messagesPerSecond(W7s w7s, Order order) throws InterruptedException {
    long before = w7s.rpc().call(HANDLED);
    long start = System.nanoTime();
    for (int i = 0; i < MESSAGES; i++) {
      w7s.queues().send(JOBS, order);
    }
    while (w7s.rpc().call(HANDLED) < before + MESSAGES) {
      Thread.sleep(1);
    }
    return MESSAGES * 1e9 / (System.nanoTime() - start);
  }
}
