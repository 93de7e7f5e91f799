package io.w7s.benchmarks;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.rpc.RpcRef;
import java.net.URI;

/** RPC and queue sends beside bare OkHttp and Jackson, against the same server, in turn. */
final class HostedRun {

  private static final RpcRef<Order, Order> ECHO =
      AppRef.of("acme/worker").post("/echo", Order.class, Order.class);
  private static final QueueRef<Order> JOBS = AppRef.of("acme/worker").queue("jobs", Order.class);
  private static final QueueRef<Order[]> LISTS =
      AppRef.of("acme/worker").queue("jobs", Order[].class);

  private HostedRun() {}

  static void print() throws Exception {
    try (OtherJvm server = OtherJvm.of(FixedServer.class)) {
      measure(URI.create("http://127.0.0.1:" + server.line()));
    }
  }

  private static void measure(URI url) throws Exception {
    Order order = Order.sample();
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app("acme/shop")
            .url(url)
            .token(Token.RPC, "rpc")
            .token(Token.QUEUE, "queue")
            .token(Token.WORKFLOW, "workflow")
            .build();
    Order[] hundred = new Order[100];
    java.util.Arrays.fill(hundred, order);
    URI echo = URI.create(url + "/api/v1/rpc/acme/worker/echo");
    URI jobs = URI.create(url + "/api/v1/queues/acme/worker/jobs");
    try (var bare = new Bare();
        W7s w7s = W7s.builder(config).pacing(Pacing.off()).build()) {
      new Alternating(15, 1)
          .with("bare OkHttp + Jackson, RPC", () -> bare.order(echo, order))
          .with("SDK, RPC", () -> w7s.rpc().call(ECHO, order))
          .with("bare OkHttp + Jackson, queue", () -> bare.send(jobs, order))
          .with("SDK, queue", () -> w7s.queues().send(JOBS, order))
          .print(1, 8, 32);
      System.out.println();
      new Alternating(15, 1)
          .with("bare OkHttp + Jackson, 27 KiB", () -> bare.send(jobs, hundred))
          .with("SDK, 27 KiB", () -> w7s.queues().send(LISTS, hundred))
          .print(1);
    }
  }
}
