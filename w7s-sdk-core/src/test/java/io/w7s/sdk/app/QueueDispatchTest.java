package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** How the messages of a queue reach their handler. */
class QueueDispatchTest extends AppRequests {

  @Test
  void aDeliveryReachesTheHandlerMessageByMessageAndIsAcknowledged() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, seen::add).build();

    AppResponse response =
        post(
            app,
            "/_w7s/queues/jobs",
            delivery(message("m1", 1, "{\"type\":\"a\"}"), message("m2", 3, "null")));

    assertThat(response.status()).isEqualTo(200);
    assertThat(seen).extracting(QueueMessage::id).containsExactly("m1", "m2");
    assertThat(seen).extracting(QueueMessage::attempt).containsExactly(1, 3);
    assertThat(seen).extracting(QueueMessage::body).containsExactly(new Job("a"), null);
    assertThat(seen.get(0).caller()).hasToString("Optional[acme/shop (production)]");
    assertThat(seen.get(0).enqueuedAt()).hasToString("Optional[2026-05-24T21:59:00Z]");
  }

  @Test
  void aBatchHandlerSeesTheWholeDeliveryWithItsHeaders() {
    var seen = new ArrayList<QueueBatch<Job>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).onBatch(JOBS, seen::add).build();

    send(
        app,
        "POST",
        "/_w7s/queues/jobs",
        "",
        Headers.of("x-w7s-queue", "jobs"),
        delivery(message("m1", 1, "{\"type\":\"a\"}"), message("m2", 1, "{\"type\":\"b\"}")));

    assertThat(seen).hasSize(1);
    assertThat(seen.get(0).messages()).hasSize(2);
    assertThat(seen.get(0).headers().first("X-W7S-Queue")).contains("jobs");
  }

  @Test
  void aLocalSenderIsKnownByItsHeaders() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, seen::add).build();

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

  @Test
  void aHandlerThatThrowsIsA500ThatLeaksNothingAndALogLineThatNamesMessageAndAttempt() {
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                JOBS,
                message -> {
                  throw new IllegalStateException("password is hunter2");
                })
            .build();

    AppResponse response =
        post(app, "/_w7s/queues/jobs", delivery(message("m7", 2, "{\"type\":\"a\"}")));

    assertThat(response.status()).isEqualTo(500);
    assertThat(text(response)).isEqualTo("{\"ok\":false,\"error\":\"the handler failed\"}");
    assertThat(log.list).hasSize(1);
    assertThat(log.list.get(0).getFormattedMessage())
        .isEqualTo("handler of queue jobs for message m7 (attempt 2) in acme/worker failed");
    assertThat(log.list.get(0).getThrowableProxy().getMessage()).isEqualTo("password is hunter2");
  }

  @Test
  void aMessageThatFailsDoesNotKeepTheRestOfItsBatchFromBeingTried() {
    var seen = new ArrayList<String>();
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                JOBS,
                message -> {
                  seen.add(message.id());
                  if (message.id().equals("m1")) {
                    throw new IllegalStateException("poison");
                  }
                })
            .build();

    AppResponse response =
        post(
            app,
            "/_w7s/queues/jobs",
            delivery(message("m1", 1, "{\"type\":\"a\"}"), message("m2", 1, "{\"type\":\"b\"}")));

    assertThat(response.status()).isEqualTo(500);
    assertThat(seen).containsExactly("m1", "m2");
    assertThat(log.list.get(0).getFormattedMessage()).contains("m1").doesNotContain("m2");
  }

  @Test
  void aBodyThatIsNotTheDeclaredTypeIsA400ThatNamesTheMessageAndNoHandlerRuns() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, seen::add).build();

    AppResponse response =
        post(
            app,
            "/_w7s/queues/jobs",
            delivery(message("m1", 1, "{\"type\":\"a\"}"), message("m2", 1, "[\"secret\"]")));

    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("message m2").contains("Job").doesNotContain("secret");
    assertThat(seen).isEmpty();
  }

  @Test
  void aDeliveryThatIsNotJsonIsA400WithTheReason() {
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, message -> {}).build();

    AppResponse response = post(app, "/_w7s/queues/jobs", "{nope");

    assertThat(response.status()).isEqualTo(400);
    assertThat(text(response)).contains("queue delivery").contains("\"ok\":false");
  }

  @Test
  void aDeliveryPathCannotBeReachedByRpc() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, seen::add).build();

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
}
