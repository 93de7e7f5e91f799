package io.w7s.sdk.testing.guide;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * The simplest transport over HTTP that passes the contract. It shows that the contract can be
 * passed over a socket. Not for use: it reads only the responses that it expects.
 */
final class MyTransport implements Transport {

  private static final JacksonCodec CODEC = JacksonCodec.create();
  private static final TypeRef<Map<String, Object>> OBJECT = new TypeRef<>() {};

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final CompletableFuture<Void> closing = new CompletableFuture<>();
  private final URI url;
  private final Tokens tokens;

  private MyTransport(URI url, Tokens tokens) {
    this.url = url;
    this.tokens = tokens;
  }

  static Transport connect(URI url, Deployment app) {
    return new MyTransport(url, app.tokens().orElseThrow());
  }

  private HttpRequest request(Operation<?> operation, Duration timeout) {
    var request = HttpRequest.newBuilder().timeout(timeout);
    if (operation instanceof Operation.RpcCall call) {
      String query = call.query().isEmpty() ? "" : "?" + call.query();
      call.headers().forEach(request::header);
      return to(request, "rpc/" + call.app() + call.path() + query, tokens.rpc())
          .method(
              call.method(),
              call.body() == null
                  ? BodyPublishers.noBody()
                  : BodyPublishers.ofInputStream(() -> opened(call.body())))
          .build();
    }
    if (operation instanceof Operation.QueueSend send) {
      return to(request, "queues/" + send.app() + "/" + send.queue(), tokens.queue())
          .header("x-w7s-queue-delay-seconds", "" + send.delay().toSeconds())
          .POST(BodyPublishers.ofByteArray(send.body()))
          .build();
    }
    if (operation instanceof Operation.EventPublish event) {
      String body =
          "{\"id\":\"%s\",\"subject\":\"%s\",\"time\":\"%s\",\"data\":%s}"
              .formatted(event.id(), event.subject(), event.time(), text(event.data()));
      return to(request, "events/" + event.source(), tokens.events())
          .POST(BodyPublishers.ofString(body))
          .build();
    }
    if (operation instanceof Operation.WorkflowStart start) {
      return to(request, "workflows/" + start.app() + "/" + start.workflow(), tokens.workflow())
          .header("x-w7s-workflow-instance-id", start.instanceId())
          .POST(BodyPublishers.ofByteArray(start.payload()))
          .build();
    }
    var query = (Operation.WorkflowQuery) operation;
    return to(request, "workflows/" + query.target(), tokens.workflow()).build();
  }

  private static InputStream opened(RawBody body) {
    try {
      return body.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder to(HttpRequest.Builder request, String path, String token) {
    return request
        .uri(URI.create(url + "/api/v1/" + path))
        .header("authorization", "Bearer " + token)
        .header("accept", "application/json");
  }

  @Override
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    if (Thread.currentThread().isInterrupted()) {
      return none(Failure.INTERRUPTED, false);
    }
    var call = executeAsync(operation, context);
    try {
      return call.get();
    } catch (InterruptedException e) {
      call.cancel(true);
      Thread.currentThread().interrupt();
      return none(Failure.INTERRUPTED, true);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    if (closing.isDone()) {
      return CompletableFuture.completedFuture(none(Failure.CLOSED, false));
    }
    var call = client.sendAsync(request(operation, context.timeout()), BodyHandlers.ofByteArray());
    closing.thenRun(() -> call.completeExceptionally(new ConnectException("closed")));
    var result =
        call.handle(
            (response, thrown) ->
                thrown == null ? outcome(operation, response) : this.<R>failed(thrown));
    result.whenComplete((done, thrown) -> call.cancel(true));
    return result;
  }

  private <R> Outcome<R> failed(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (closing.isDone()) {
      return none(Failure.CLOSED, true);
    }
    if (cause instanceof HttpTimeoutException) {
      return none(Failure.TIMED_OUT, true);
    }
    return none(Failure.BROKEN, !(cause instanceof ConnectException));
  }

  private static <R> Outcome<R> none(Failure failure, boolean delivered) {
    return new Outcome.NoResponse<>(failure, delivered, "no response", null);
  }

  @SuppressWarnings("unchecked")
  private static <R> Outcome<R> outcome(Operation<R> operation, HttpResponse<byte[]> response) {
    boolean ok = response.statusCode() / 100 == 2;
    if (operation instanceof Operation.RpcCall && !isRefusal(response)) {
      return Outcome.success(
          (R)
              new Operation.RawResponse(
                  response.statusCode(),
                  Headers.copyOf(response.headers().map()),
                  response.body()));
    }
    Map<String, Object> body = CODEC.decode(response.body(), OBJECT);
    if (!ok) {
      return new Outcome.Refused<>(
          response.statusCode(),
          (String) body.get("error"),
          (Map<String, Object>) body.getOrDefault("details", Map.of()),
          response
              .headers()
              .firstValue("retry-after")
              .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
              .orElse(null));
    }
    return Outcome.success((R) result(operation, (Map<String, Object>) body.get("data")));
  }

  private static boolean isRefusal(HttpResponse<byte[]> response) {
    return response.statusCode() / 100 != 2
        && text(response.body()).startsWith("{\"status\":\"error\"");
  }

  @SuppressWarnings("unchecked")
  private static Object result(Operation<?> operation, Map<String, Object> data) {
    if (operation instanceof Operation.QueueSend send) {
      return new SendReceipt(
          send.app(), send.queue(), Instant.parse((String) data.get("enqueuedAt")));
    }
    if (operation instanceof Operation.EventPublish event) {
      var deliveries = new ArrayList<PublishReceipt.Delivery>();
      for (Map<?, ?> each : (List<Map<?, ?>>) data.get("deliveries")) {
        deliveries.add(
            new PublishReceipt.Delivery(
                AppId.parse((String) each.get("repository")),
                (String) each.get("queue"),
                status(each),
                Optional.ofNullable((String) each.get("error"))));
      }
      return new PublishReceipt(
          event.id(), event.subject(), event.source(), event.time(), deliveries);
    }
    var instance = (Map<?, ?>) data.get("instance");
    var status = (Map<?, ?>) instance.get("status");
    var output =
        Optional.ofNullable((Map<?, ?>) status.get("output"))
            .map(
                map ->
                    new WorkflowStatus.Output(
                        ((Number) map.get("status")).intValue(),
                        (String) map.get("contentType"),
                        (String) map.get("body")));
    return new WorkflowInstance(
        (String) instance.get("id"),
        new WorkflowStatus(
            WorkflowStatus.State.of((String) status.get("status")), output, Optional.empty()));
  }

  private static PublishReceipt.Status status(Map<?, ?> delivery) {
    if ("failed".equals(delivery.get("status"))) {
      return PublishReceipt.Status.FAILED;
    }
    return delivery.containsKey("skipped")
        ? PublishReceipt.Status.SKIPPED
        : PublishReceipt.Status.ENQUEUED;
  }

  @Override
  public void close() {
    closing.complete(null);
  }
}
