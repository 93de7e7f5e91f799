package io.w7s.sdk.emulator.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.workflow.WorkflowExecution;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds what happened against the {@code then} of a recording, placeholders understood. */
public final class Recorded {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("host", "content-length", "accept-encoding", "user-agent", "connection");

  private static final Map<String, Pattern> PLACEHOLDERS =
      Map.of(
          "<timestamp>", Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"),
          "<message>", Pattern.compile("(?s).+"),
          "<html>", Pattern.compile("(?s)<!doctype html>.+"));
  private static final String UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

  private Recorded() {}

  /** Checks the answer that the caller got. */
  public static void checkAnswer(JsonNode then, AppResponse answer) {
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    assertThat(answer.status()).as(text).isEqualTo(then.path("status").intValue());
    if (then.has("contentType")) {
      assertThat(answer.headers().first("content-type").orElse(""))
          .startsWith(then.path("contentType").stringValue());
    }
    assertThat(answer.headers().has("retry-after")).isEqualTo(then.has("retryAfter"));
    if (then.has("retryAfter")) {
      assertThat(Long.parseLong(answer.headers().first("retry-after").orElseThrow())).isPositive();
    }
    if (then.has("json")) {
      checkJson("answer", then.path("json"), JSON.readTree(answer.body()));
    } else if (then.has("text")) {
      checkText("answer", then.path("text").stringValue(), text);
    }
  }

  /** Checks what reached the apps, the queues and the workflows. */
  public static void checkEffects(JsonNode then, GivenPlatform platform) {
    check(then, "dispatched", platform.dispatched, Recorded::checkDispatched);
    check(then, "enqueued", platform.enqueued, Recorded::checkEnqueued);
    check(then, "created", platform.created, Recorded::checkCreated);
  }

  private static <T> void check(
      JsonNode then, String what, List<T> happened, BiConsumer<JsonNode, T> check) {
    JsonNode expected = then.path(what);
    int count = then.path(what + "Count").intValue(expected.size());
    assertThat(happened).as(what).hasSize(count);
    for (int i = 0; i < expected.size(); i++) {
      check.accept(expected.get(i), happened.get(i));
    }
  }

  private static void checkDispatched(JsonNode expected, GivenPlatform.Dispatched happened) {
    AppRequest request = happened.request();
    assertThat(happened.app()).isEqualTo(GivenPlatform.app(expected));
    assertThat(happened.environment()).isEqualTo(GivenPlatform.environment(expected));
    assertThat(request.method()).isEqualTo(expected.path("method").stringValue());
    assertThat(request.path()).isEqualTo(expected.path("path").stringValue());
    assertThat(request.query())
        .isEqualTo(expected.path("query").stringValue().replaceFirst("^\\?", ""));
    assertThat(request.headers().first("host")).hasValue(expected.path("host").stringValue());
    var headers = new TreeMap<String, String>();
    request.headers().forEach(headers::put);
    headers.keySet().removeAll(OF_THE_CONNECTION);
    var expectedHeaders = new TreeMap<String, String>();
    expected
        .path("headers")
        .forEachEntry((name, value) -> expectedHeaders.put(name, value.stringValue()));
    assertThat(headers).isEqualTo(expectedHeaders);
    if (expected.has("json")) {
      checkJson("dispatched", expected.path("json"), JSON.readTree(request.body()));
    } else if (expected.has("base64")) {
      assertThat(Base64.getEncoder().encodeToString(request.body()))
          .isEqualTo(expected.path("base64").stringValue());
    } else if (expected.has("text")) {
      assertThat(new String(request.body(), StandardCharsets.UTF_8))
          .isEqualTo(expected.path("text").stringValue());
    }
  }

  private static void checkEnqueued(JsonNode expected, GivenPlatform.Enqueued happened) {
    QueueId queue = happened.message().queue();
    assertThat(queue.app()).isEqualTo(GivenPlatform.app(expected));
    assertThat(queue.environment()).isEqualTo(GivenPlatform.environment(expected));
    assertThat(queue.name()).isEqualTo(expected.path("queue").stringValue());
    assertThat(queue.physicalName()).isEqualTo(expected.path("queueName").stringValue());
    checkJson(
        "envelope", expected.path("envelope"), JSON.readTree(happened.message().toEnvelope()));
    long delay = expected.path("delaySeconds").longValue(0);
    assertThat(happened.delay()).hasSeconds(delay);
  }

  private static void checkCreated(JsonNode expected, WorkflowExecution happened) {
    checkText("instance id", expected.path("id").stringValue(), happened.id());
    checkJson("params", expected.path("params"), JSON.readTree(happened.toEnvelope()));
  }

  private static void checkJson(String where, JsonNode expected, JsonNode happened) {
    if (expected.isString()) {
      String text = expected.stringValue();
      if (text.equals("<object>")) {
        assertThat(happened.isObject()).as(where).isTrue();
      } else if (text.equals("<seconds>")) {
        assertThat(happened.longValue()).as(where).isPositive();
      } else {
        assertThat(happened.isString()).as(where).isTrue();
        checkText(where, text, happened.stringValue());
      }
    } else if (expected.isObject()) {
      assertThat(happened.isObject()).as(where).isTrue();
      assertThat(happened.propertyNames())
          .as(where)
          .containsExactlyInAnyOrderElementsOf(expected.propertyNames());
      expected.forEachEntry(
          (name, value) -> checkJson(where + "." + name, value, happened.path(name)));
    } else if (expected.isArray()) {
      assertThat(happened.size()).as(where).isEqualTo(expected.size());
      for (int i = 0; i < expected.size(); i++) {
        checkJson(where + "[" + i + "]", expected.get(i), happened.get(i));
      }
    } else if (expected.isNumber()) {
      assertThat(happened.isNumber()).as(where).isTrue();
      assertThat(happened.decimalValue()).as(where).isEqualByComparingTo(expected.decimalValue());
    } else {
      assertThat(happened).as(where).isEqualTo(expected);
    }
  }

  private static void checkText(String where, String expected, String happened) {
    Pattern whole = PLACEHOLDERS.get(expected);
    if (whole != null) {
      assertThat(happened).as(where).matches(whole);
    } else if (expected.contains("<uuid>")) {
      int at = expected.indexOf("<uuid>");
      assertThat(happened)
          .as(where)
          .matches(
              Pattern.quote(expected.substring(0, at))
                  + UUID
                  + Pattern.quote(expected.substring(at + "<uuid>".length())));
    } else {
      assertThat(happened).as(where).isEqualTo(expected);
    }
  }
}
