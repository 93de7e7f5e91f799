package io.w7s.consumer;

import io.w7s.sdk.AppRef;

import com.sun.net.httpserver.HttpServer;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/** Sends one message over the hosted transport to a stand-in for the platform. */
public final class Main {

  /** What the message says. */
  public record Job(String to) {}

  private static final QueueRef<Job> JOBS = AppRef.of("acme/worker").queue("jobs", Job.class);

  private static final String RECEIPT =
      "{\"status\":\"success\",\"data\":{\"queue\":{\"owner\":\"acme\",\"repo\":\"worker\","
          + "\"name\":\"jobs\"},\"enqueuedAt\":\"2026-05-25T12:00:00.000Z\",\"result\":{}}}";

  private Main() {}

  /** Fails where the call does. */
  public static void main(String[] args) throws Exception {
    var seen = new AtomicReference<>("");
    HttpServer platform =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    platform.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          seen.set(exchange.getRequestURI() + " " + new String(body, StandardCharsets.UTF_8));
          byte[] answer = RECEIPT.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("content-type", "application/json");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    platform.start();
    W7sConfig config =
        W7sConfig.builder()
            .app("acme/shop")
            .mode(W7sConfig.Mode.HOSTED)
            .url(URI.create("http://127.0.0.1:" + platform.getAddress().getPort()))
            .token(W7sConfig.Token.RPC, "rpc")
            .token(W7sConfig.Token.QUEUE, "queue")
            .token(W7sConfig.Token.WORKFLOW, "workflow")
            .build();
    try (W7s w7s = W7s.of(config)) {
      SendReceipt receipt = w7s.queues().send(JOBS, new Job("ann"));
      if (!seen.get().equals("/api/v1/queues/acme/worker/jobs {\"to\":\"ann\"}")) {
        throw new AssertionError(seen.get());
      }
      System.out.println(
          "sent to " + receipt.queue() + (Main.class.getModule().isNamed() ? " as a module" : ""));
    } finally {
      platform.stop(0);
    }
  }
}
