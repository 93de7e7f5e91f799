package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the messages of a queue reach their handler. */
class QueueDispatchTest extends AppRequests {

  @Test
  void handsEachMessageToTheHandler() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = worker().on(JOBS, seen::add).build();

    AppResponse response =
        deliverJobs(app, message("m1", 1, "{\"type\":\"a\"}"), message("m2", 3, "null"));

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.failures()).isEmpty();
    assertThat(seen).extracting(QueueMessage::id).containsExactly("m1", "m2");
    assertThat(seen).extracting(QueueMessage::attempt).containsExactly(1, 3);
    assertThat(seen).extracting(QueueMessage::body).containsExactly(new Job("a"), null);
    assertThat(seen.get(0).caller()).hasToString("Optional[acme/shop (production)]");
    assertThat(seen.get(0).enqueuedAt()).hasToString("Optional[2026-05-24T21:59:00Z]");
  }

  @Test
  void readsAMessageWithoutAnEnvelope() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = worker().on(JOBS, seen::add).build();

    AppResponse response =
        deliverJobs(
            app,
            "{\"id\":\"m1\",\"attempts\":1,\"timestamp\":\"2026-05-24T22:00:00.000Z\","
                + "\"enqueuedAt\":null,\"caller\":null,\"body\":{\"type\":\"a\"}}");

    assertThat(response.status()).isEqualTo(200);
    assertThat(seen)
        .containsExactly(QueueMessage.builder(new Job("a")).id("m1").attempt(1).build());
  }

  @Test
  void handsABatchHandlerAllMessagesAndTheHeaders() {
    var seen = new ArrayList<QueueBatch<Job>>();
    W7sApp app = worker().onBatch(JOBS, seen::add).build();

    send(
        app,
        "POST",
        "/_w7s/queues/jobs",
        "",
        Headers.of("x-w7s-queue", "jobs"),
        delivery(message("m1", 1, "{\"type\":\"a\"}"), message("m2", 1, "{\"type\":\"b\"}")));

    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).queue()).isEqualTo("jobs");
    assertThat(seen.get(0).messages()).hasSize(2);
    assertThat(seen.get(0).unreadable()).isEmpty();
    assertThat(seen.get(0).headers().first("X-W7S-Queue")).contains("jobs");
  }

  @Test
  void takesALocalSenderFromTheHeaders() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = worker().on(JOBS, seen::add).build();

    send(
        app,
        "POST",
        "/_w7s/queues/jobs",
        "",
        Headers.of("x-w7s-queue-caller-repository", "acme/shop")
            .with("x-w7s-queue-environment", "dev"),
        "{\"queue\":\"jobs\",\"messages\":[{\"id\":\"m1\",\"body\":{\"type\":\"a\"}}]}");

    assertThat(seen.get(0).caller()).hasToString("Optional[acme/shop (dev)]");
    assertThat(seen.get(0).attempt()).isEqualTo(1);
    assertThat(seen.get(0).enqueuedAt()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{nope", "", "[]", "{\"queue\":\"jobs\"}", "{\"messages\":[]}"})
  void refusesABodyThatIsNoDelivery(String body) {
    W7sApp app = worker().on(JOBS, message -> {}).build();

    AppResponse response = post(app, "/_w7s/queues/jobs", body);

    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("queue delivery").contains("\"ok\":false");
    assertThat(response.failures())
        .singleElement()
        .satisfies(failure -> assertThat(failure.messageId()).isEmpty());
  }

  @Test
  void refusesADeliveryByRpc() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = worker().on(JOBS, seen::add).build();

    AppResponse response =
        send(
            app,
            "POST",
            "/_w7s/queues/jobs",
            "",
            Headers.of("x-w7s-rpc", "1"),
            delivery(message("m1", 1, "{\"type\":\"a\"}")));

    assertThat(response.status()).isEqualTo(403);
    assertThat(seen).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "text/plain; application/json",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "text/json",
        "application/jsonp",
        ""
      })
  void refusesADeliveryThatIsNotJsonByItsContentType(String contentType) {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = worker().on(JOBS, seen::add).build();

    AppResponse response =
        send(
            app,
            "POST",
            "/_w7s/queues/jobs",
            "",
            Headers.of("content-type", contentType),
            delivery(message("m1", 1, "{\"type\":\"a\"}")));

    assertThat(response.status()).isEqualTo(415);
    assertThat(text(response)).contains("application/json");
    assertThat(seen).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/cloudevents-batch+json"
      })
  void takesADeliveryThatIsJsonByItsContentType(String contentType) {
    W7sApp app = worker().on(JOBS, message -> {}).build();

    AppResponse response =
        send(
            app,
            "POST",
            "/_w7s/queues/jobs",
            "",
            Headers.of("content-type", contentType),
            delivery(message("m1", 1, "{\"type\":\"a\"}")));

    assertThat(response.status()).isEqualTo(200);
  }
}
