package io.w7s.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.samples.demo.Stub.Reply;
import io.w7s.samples.demo.Stub.Request;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Each of the three processes in turn is replaced by one that knows only the protocol's JSON. */
@Timeout(120)
class ReplacedProcessTest {

  private static final String CONSUMER = "/_w7s/queues/events";
  private static final String ORDER =
      "{\"orderId\":\"ord_1\",\"email\":\"buyer@example.com\",\"amount\":42}";

  @Test
  void anotherPublisherPostsItsEventToTheRouter() throws Exception {
    String event =
        "{\"id\":\"evt-1\",\"subject\":\"orders.created\",\"source\":\"acme/order-api\",\"data\":"
            + ORDER
            + "}";
    try (Running worker = Running.start(App.EMAIL_WORKER, Map.of());
        Running router = Running.start(App.EVENT_ROUTER, Map.of(App.EMAIL_WORKER, worker.url()))) {
      HttpResponse<String> answer =
          Stub.post(
              router.url() + "/publish",
              event,
              "x-w7s-rpc",
              "1",
              "x-w7s-rpc-caller-owner",
              "acme",
              "x-w7s-rpc-caller-repo",
              "order-api",
              "x-w7s-rpc-caller-repository",
              "acme/order-api",
              "x-w7s-rpc-caller-environment",
              "production");

      assertThat(answer.statusCode()).isEqualTo(202);
      JsonNode route = Stub.json(answer.body());
      assertThat(route.path("ok").asBoolean()).isTrue();
      assertThat(route.path("accepted").asBoolean()).isTrue();
      assertThat(route.path("subject").asString()).isEqualTo("orders.created");
      assertThat(route.path("publisher").asString()).isEqualTo("acme/order-api");
      JsonNode delivery = route.path("deliveries").path(0);
      assertThat(delivery.path("repository").asString()).isEqualTo("acme/email-worker");
      assertThat(delivery.path("queue").asString()).isEqualTo("events");
      assertThat(delivery.path("ok").asBoolean()).isTrue();
      JsonNode delivered = firstDelivery(worker);
      assertThat(delivered.path("id").asString()).isEqualTo("evt-1");
      assertThat(delivered.path("data")).isEqualTo(Stub.json(ORDER));
    }
  }

  @Test
  void anotherRouterTakesTheEventToTheConsumersPath() throws Exception {
    try (Running worker = Running.start(App.EMAIL_WORKER, Map.of());
        Stub router = Stub.serving(request -> route(request, worker.url() + CONSUMER));
        Running orders =
            Running.start(App.ORDER_API, Map.of(App.EVENT_ROUTER, router.url("event-router")))) {
      JsonNode placed = place(orders);

      Request published = router.next();
      assertThat(published.method()).isEqualTo("POST");
      assertThat(published.path()).isEqualTo("/event-router/publish");
      assertThat(published.header("x-w7s-rpc")).isEqualTo("1");
      assertThat(published.header("x-w7s-rpc-caller-repository")).isEqualTo("acme/order-api");
      assertThat(published.body()).isEqualTo(placed.path("event"));
      JsonNode delivered = firstDelivery(worker);
      assertThat(delivered.path("id")).isEqualTo(placed.path("event").path("id"));
      assertThat(delivered.path("repository").asString()).isEqualTo("acme/order-api");
      assertThat(delivered.path("data")).isEqualTo(placed.path("order"));
      assertThat(delivered.path("queueCaller").asString()).isEqualTo("acme/event-router");
    }
  }

  /** Delivers an event at once, in a batch of its own. */
  private static Reply route(Request published, String consumer)
      throws IOException, InterruptedException {
    HttpResponse<String> delivery =
        Stub.post(
            consumer,
            "{\"queue\":\"events\",\"messages\":[{\"id\":\"m-1\",\"attempts\":1,"
                + "\"enqueuedAt\":\"2026-05-24T22:00:00.000Z\",\"body\":"
                + published.body()
                + "}]}",
            "x-w7s-queue",
            "1",
            "x-w7s-queue-caller-repository",
            "acme/event-router",
            "x-w7s-queue-environment",
            "production");
    return new Reply(
        202,
        """
        {"ok":true,"accepted":true,"subject":"orders.created","publisher":"acme/order-api",\
        "deliveries":[{"repository":"acme/email-worker","queue":"events","target":"%s","ok":true,\
        "status":%d,"response":null}]}"""
            .formatted(consumer, delivery.statusCode()));
  }

  @Test
  void anotherSubscriberTakesTheBatch() throws Exception {
    try (Stub worker = Stub.serving(request -> new Reply(200, "{\"ok\":true}"));
        Running router =
            Running.start(App.EVENT_ROUTER, Map.of(App.EMAIL_WORKER, worker.url("email-worker")));
        Running orders = Running.start(App.ORDER_API, Map.of(App.EVENT_ROUTER, router.url()))) {
      JsonNode placed = place(orders);

      Request batch = worker.next();
      assertThat(batch.method()).isEqualTo("POST");
      assertThat(batch.path()).isEqualTo("/email-worker" + CONSUMER);
      assertThat(batch.header("x-w7s-queue")).isEqualTo("1");
      assertThat(batch.header("x-w7s-queue-caller-repository")).isEqualTo("acme/event-router");
      assertThat(batch.header("x-w7s-queue-environment")).isEqualTo("production");
      assertThat(batch.header("x-w7s-rpc")).isNull();
      assertThat(batch.body().path("queue").asString()).isEqualTo("events");
      assertThat(batch.body().path("messages").size()).isEqualTo(1);
      JsonNode message = batch.body().path("messages").path(0);
      assertThat(message.path("id").asString()).isNotEmpty();
      assertThat(message.path("attempts").asInt()).isEqualTo(1);
      assertThat(message.path("enqueuedAt").asString()).isNotEmpty();
      JsonNode event = message.path("body");
      assertThat(event.path("id")).isEqualTo(placed.path("event").path("id"));
      assertThat(event.path("subject").asString()).isEqualTo("orders.created");
      assertThat(event.path("source").asString()).isEqualTo("acme/order-api");
      assertThat(event.path("time").asString()).isNotEmpty();
      assertThat(event.path("data")).isEqualTo(placed.path("order"));
    }
  }

  private static JsonNode place(Running orders) throws IOException, InterruptedException {
    HttpResponse<String> answer = Stub.post(orders.url() + "/orders", ORDER, "accept", "*/*");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return Stub.json(answer.body());
  }

  /** Asks until there is one: the router's queue delivers after its answer. */
  private static JsonNode firstDelivery(Running worker) throws IOException, InterruptedException {
    JsonNode deliveries = Stub.get(worker.url() + "/deliveries").path("deliveries");
    while (deliveries.isEmpty()) {
      deliveries = Stub.get(worker.url() + "/deliveries").path("deliveries");
    }
    return deliveries.path(0);
  }
}
