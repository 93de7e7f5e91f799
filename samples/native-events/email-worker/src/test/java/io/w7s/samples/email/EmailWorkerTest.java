package io.w7s.samples.email;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmailWorkerTest {

  private static final String EVENT =
      "{\"id\":\"e1\",\"subject\":\"orders.created\",\"source\":\"acme/order-api\","
          + "\"data\":{\"n\":1.50,\"left\":null}}";

  private final W7sApp worker = EmailWorker.app();

  @Test
  void remembersWhatWasDeliveredAndHow() {
    Headers headers =
        Headers.of("x-w7s-org-slug", "acme")
            .with("x-w7s-repo-slug", "email-worker")
            .with("x-w7s-original-path", "/email-worker/_w7s/queues/events")
            .with("x-w7s-queue-caller-repository", "acme/event-router");

    assertThat(deliver(headers, message("m1", EVENT)).status()).isEqualTo(200);

    assertThat(deliveries())
        .startsWith(
            "{\"ok\":true,\"service\":\"email-worker\",\"count\":1,\"deliveries\":"
                + "[{\"id\":\"e1\",\"queue\":\"events\",\"receivedAt\":\"2")
        .endsWith(
            "Z\",\"repository\":\"acme/order-api\",\"subject\":\"orders.created\","
                + "\"data\":{\"n\":1.50,\"left\":null},"
                + "\"routedOwner\":\"acme\",\"routedRepo\":\"email-worker\","
                + "\"originalPath\":\"/email-worker/_w7s/queues/events\","
                + "\"queueCaller\":\"acme/event-router\"}]}");
  }

  @Test
  void callsAnEventWithoutAnIdByItsMessage() {
    deliver(Headers.none(), message("m1", "{\"subject\":\"orders.created\"}"));
    deliver(Headers.none(), message("m2", "null"));

    assertThat(deliveries()).contains("\"count\":2", "{\"id\":\"m1\",", "{\"id\":\"m2\",");
  }

  @Test
  void remembersTheNewestThousand() {
    for (int i = 0; i <= 1_000; i++) {
      deliver(Headers.none(), message("m" + i, "null"));
    }

    assertThat(deliveries())
        .contains("\"count\":1000", "{\"id\":\"m1\",", "{\"id\":\"m1000\",")
        .doesNotContain("{\"id\":\"m0\",");
  }

  @Test
  void forgetsWhenAsked() {
    deliver(Headers.none(), message("m1", EVENT));

    assertThat(text(send("DELETE", "/deliveries", Headers.none(), "")))
        .isEqualTo("{\"ok\":true,\"cleared\":true}");
    assertThat(deliveries()).contains("\"count\":0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "no JSON", "null", "{}", "{\"queue\":\"events\",\"messages\":[{\"body\":1}]}"})
  void refusesWhatIsNoBatch(String body) {
    AppResponse answer = send("POST", "/_w7s/queues/events", Headers.none(), body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(text(answer)).startsWith("{\"ok\":false,\"error\":\"");
  }

  @Test
  void declaresWhatItsManifestSays() {
    worker.verifyManifest(Path.of("w7s.json")); // throws when they differ
  }

  private static String message(String id, String body) {
    return "{\"queue\":\"events\",\"messages\":[{\"id\":\"%s\",\"body\":%s}]}".formatted(id, body);
  }

  private AppResponse deliver(Headers headers, String batch) {
    return send("POST", "/_w7s/queues/events", headers, batch);
  }

  private String deliveries() {
    return text(send("GET", "/deliveries", Headers.none(), ""));
  }

  private AppResponse send(String method, String path, Headers headers, String body) {
    return worker.handle(new AppRequest(method, path, "", headers, body.getBytes(UTF_8)));
  }

  private static String text(AppResponse answer) {
    return new String(answer.body(), UTF_8);
  }
}
