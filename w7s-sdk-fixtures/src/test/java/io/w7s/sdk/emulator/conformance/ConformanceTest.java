package io.w7s.sdk.emulator.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Caller;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.conformance.Recordings;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.queue.DeliveredMessage;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.schedule.FiredSchedule;
import io.w7s.sdk.emulator.workflow.WorkflowExecution;
import io.w7s.sdk.emulator.workflow.WorkflowPolicy;
import io.w7s.sdk.workflow.WorkflowStatus.Output;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Everything that the real platform was recorded doing, the emulator does too. */
class ConformanceTest {

  private static final List<String> FILES =
      List.of("rpc", "queue", "workflow", "queue-delivery", "workflow-delivery", "schedule");

  /**
   * The recorder's store answered for ids that were never created; the README of the recordings.
   */
  private static final Set<String> UNKNOWN_INSTANCE =
      Set.of("workflow/status-queued", "workflow/status-id-case");

  private static int replayed;

  static Stream<Arguments> recordings() {
    return Stream.concat(
            FILES.stream().map(file -> file + ".json"),
            Recordings.freshFiles("").stream().filter(file -> !file.startsWith("fresh/table-")))
        .flatMap(file -> Recordings.load(file).stream())
        .map(recorded -> Arguments.of(recorded.path("name").stringValue(), recorded));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recordings")
  void theEmulatorDoesWhatThePlatformDid(String name, JsonNode recorded) {
    var platform = new GivenPlatform(recorded.path("given"));
    for (JsonNode step : recorded.path("steps")) {
      platform.clear();
      JsonNode when = step.path("when");
      JsonNode then = step.path("then");
      if (when.has("request")) {
        AppResponse answer = request(when, platform);
        if (UNKNOWN_INSTANCE.contains(name)) {
          assertThat(answer.status()).isEqualTo(500);
          assertThat(new String(answer.body(), StandardCharsets.UTF_8))
              .startsWith("{\"status\":\"error\",\"error\":");
        } else {
          Recorded.checkAnswer(then, answer);
        }
      } else if (when.has("deliverQueue")) {
        deliverQueue(when.path("deliverQueue"), then, platform);
      } else if (when.has("runWorkflow")) {
        runWorkflow(when.path("runWorkflow"), then, platform);
      } else {
        tick(when.path("tick"), then, platform);
      }
      Recorded.checkEffects(then, platform);
    }
    replayed++;
  }

  @Test
  void everyRecordingIsThere() {
    assertThat(recordings()).hasSizeGreaterThanOrEqualTo(101);
  }

  @AfterAll
  static void tell() {
    System.out.println("conformance: " + replayed + " recordings replayed through the emulator");
  }

  private static AppResponse request(JsonNode when, GivenPlatform platform) {
    JsonNode request = when.path("request");
    AppResponse answer = null;
    for (int i = 0; i < when.path("times").intValue(1); i++) {
      answer = platform.platform.controlPlane().handle(appRequest(request));
    }
    return answer;
  }

  private static AppRequest appRequest(JsonNode request) {
    String path = request.path("path").stringValue();
    int query = path.indexOf('?');
    return new AppRequest(
        request.path("method").stringValue(),
        query < 0 ? path : path.substring(0, query),
        query < 0 ? "" : path.substring(query + 1),
        GivenPlatform.headers(request),
        request.has("bodyBase64")
            ? Base64.getDecoder().decode(request.path("bodyBase64").stringValue())
            : request.path("body").stringValue("").getBytes(StandardCharsets.UTF_8));
  }

  private static void deliverQueue(JsonNode when, JsonNode then, GivenPlatform platform) {
    var batch = new ArrayList<DeliveredMessage>();
    for (JsonNode message : when.path("messages")) {
      batch.add(
          DeliveredMessage.stored(
              message.path("id").stringValue(),
              message.path("attempts").intValue(),
              Instant.parse(message.path("timestamp").stringValue()),
              Recordings.bytes(message.path("body"))));
    }
    var queue =
        new QueueId(
            new AppInstance(GivenPlatform.app(when), GivenPlatform.environment(when)),
            when.path("queue").stringValue());
    DeliveryResult delivery = platform.platform.queues().deliver(queue, batch);
    // "acked" covers what the platform drops without a word
    assertThat(delivery.status() == DeliveryResult.Status.FAILED)
        .isEqualTo(then.path("outcome").stringValue().equals("retry"));
  }

  private static @Nullable Caller caller(JsonNode caller) {
    return caller.isObject()
        ? new Caller(GivenPlatform.app(caller), GivenPlatform.environment(caller))
        : null;
  }

  private static void runWorkflow(JsonNode when, JsonNode then, GivenPlatform platform) {
    JsonNode envelope = when.path("payload");
    JsonNode target = envelope.path("target");
    Optional<Output> output =
        platform
            .platform
            .workflows()
            .run(
                new WorkflowExecution(
                    when.path("instanceId").stringValue(),
                    new AppInstance(GivenPlatform.app(target), GivenPlatform.environment(target)),
                    target.path("workflow").stringValue(),
                    target.path("path").stringValue(),
                    caller(envelope.path("caller")),
                    Instant.parse(envelope.path("createdAt").stringValue()),
                    envelope.path("payload").toString().getBytes(StandardCharsets.UTF_8)));
    assertThat(output.isPresent()).isEqualTo(then.path("outcome").stringValue().equals("complete"));
    JsonNode expected = then.path("output");
    output.ifPresent(
        given -> {
          assertThat(given.status()).isEqualTo(expected.path("status").intValue());
          assertThat(given.contentType()).isEqualTo(expected.path("contentType").stringValue());
          checkOutput(expected.path("body").stringValue(), given.body());
        });
    checkPolicy(then.path("policy"));
  }

  /** The words of a limit, and when it was recorded, are the platform's own. */
  private static void checkOutput(String expected, String body) {
    if (expected.startsWith("{\"status\":\"error\"")) {
      JsonNode ours = Recordings.parse(body);
      assertThat(ours.path("status").stringValue()).isEqualTo("error");
      assertThat(ours.path("error").stringValue()).isNotBlank();
      assertThat(ours.path("details").propertyNames())
          .isEqualTo(Recordings.parse(expected).path("details").propertyNames());
    } else {
      assertThat(body).isEqualTo(expected);
    }
  }

  private static void checkPolicy(JsonNode policy) {
    WorkflowPolicy ours = WorkflowPolicy.PLATFORM;
    assertThat(ours.retries()).isEqualTo(policy.path("retries").path("limit").intValue());
    assertThat(ours.firstDelay().toSeconds() + " seconds")
        .isEqualTo(policy.path("retries").path("delay").stringValue());
    assertThat(ours.timeout().toSeconds() + " seconds")
        .isEqualTo(policy.path("timeout").stringValue());
  }

  private static void tick(JsonNode at, JsonNode then, GivenPlatform platform) {
    List<FiredSchedule> outcomes = platform.platform.fireDue(Instant.parse(at.stringValue()));
    boolean ok =
        outcomes.stream()
            .allMatch(outcome -> outcome.delivery().status() != DeliveryResult.Status.FAILED);
    assertThat(ok).isEqualTo(then.path("outcome").stringValue().equals("ok"));
  }
}
