package io.w7s.sdk.store;

import static java.util.stream.Collectors.joining;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Delivers batches to an app, as the platform does. */
final class Deliveries {

  private Deliveries() {}

  static AppResponse deliver(W7sApp app, String queue, String... messages) {
    return app.handle(
        new AppRequest(
            "POST",
            "/_w7s/queues/" + queue,
            "",
            Headers.none(),
            batch(messages).getBytes(StandardCharsets.UTF_8)));
  }

  static String batch(String... messages) {
    return Stream.of(messages).collect(joining(",", "{\"queue\":\"jobs\",\"messages\":[", "]}"));
  }

  /**
   * Returns a message.
   *
   * @param id its id, as in a JSON string
   * @param body its body, as JSON
   */
  static String message(String id, int attempt, String body) {
    return "{\"id\":\"%s\",\"attempts\":%d,\"timestamp\":\"2026-05-25T12:00:00.000Z\",\"body\":%s}"
        .formatted(id, attempt, body);
  }
}
