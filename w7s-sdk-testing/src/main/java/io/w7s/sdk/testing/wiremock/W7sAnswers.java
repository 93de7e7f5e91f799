package io.w7s.sdk.testing.wiremock;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import io.w7s.sdk.AppId;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.internal.wire.PublishResult;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the platform answers over HTTP: the successes of each call, and each refusal. */
@SuppressWarnings("exports") // WireMock is no module; see this one's declaration
public final class W7sAnswers {

  private static final int LOWEST_REFUSAL = 400;
  private static final int HIGHEST_REFUSAL = 599;

  private W7sAnswers() {}

  /** The target of an RPC answers with JSON of its own, or with none when that is empty. */
  public static ResponseDefinitionBuilder answered(int status, String json) {
    ResponseDefinitionBuilder answer = aResponse().withStatus(status);
    return json.isEmpty()
        ? answer
        : answer.withHeader("content-type", "application/json").withBody(json);
  }

  /** A queue has taken a message. */
  public static ResponseDefinitionBuilder enqueued(QueueRef<?> queue, Instant enqueuedAt) {
    AppId app = queue.app();
    return success(
        object(
            "queue", name(app, queue.name()),
            "enqueuedAt", text(enqueuedAt),
            "result", object("metadata", object("metrics", Map.of()))));
  }

  /** An event went to its subscribers' queues. */
  public static ResponseDefinitionBuilder published(PublishReceipt receipt) {
    String data = new String(PublishResult.toJson(receipt), StandardCharsets.UTF_8);
    return answered(200, "{\"status\":\"success\",\"data\":" + data + "}");
  }

  /** An instance of a workflow was started, and is queued. */
  public static ResponseDefinitionBuilder started(
      WorkflowRef<?, ?> workflow, String instanceId, Instant createdAt) {
    Map<String, @Nullable Object> data =
        instance(workflow, instanceId, WorkflowStatus.of(WorkflowStatus.State.QUEUED));
    data.put("createdAt", text(createdAt));
    return success(data);
  }

  /** An instance of a workflow is doing so. */
  public static ResponseDefinitionBuilder status(
      WorkflowRef<?, ?> workflow, String instanceId, WorkflowStatus status) {
    return success(instance(workflow, instanceId, status));
  }

  /**
   * The platform refuses: {@code refused(404, "No deployment of acme/worker")}.
   *
   * @param status the HTTP status, 400 to 599
   * @param words why
   */
  public static ResponseDefinitionBuilder refused(int status, String words) {
    return refused(status, words, Map.of());
  }

  /**
   * An app's limit a minute is used up (429): the platform says which, and when to come back.
   *
   * @param app {@code owner/repo}
   * @param retryAfter whole seconds
   */
  public static ResponseDefinitionBuilder limited(String app, Metric metric, Duration retryAfter) {
    AppId who = AppId.parse(app);
    Map<String, @Nullable Object> check =
        object(
            "metric",
            metric.word(),
            "scope",
            "repo",
            "environment",
            "production",
            "orgSlug",
            who.owner(),
            "repoSlug",
            who.repo(),
            "windowSeconds",
            60,
            "windowStart",
            "2026-01-01T00:00:00Z",
            "used",
            120,
            "requestedUnits",
            1,
            "limit",
            120,
            "remaining",
            0,
            "retryAfterSeconds",
            retryAfter.toSeconds());
    return refused(
            429, "Minute limit of " + metric.word() + " is used up", object("rateLimit", check))
        .withHeader("retry-after", Long.toString(retryAfter.toSeconds()));
  }

  /**
   * The platform refuses and gives details.
   *
   * @param status the HTTP status, 400 to 599
   * @param words why
   * @param details plain JSON values
   * @throws InvalidInputException when the status is no refusal's
   */
  public static ResponseDefinitionBuilder refused(
      int status, String words, Map<String, ? extends @Nullable Object> details) {
    if (status < LOWEST_REFUSAL || status > HIGHEST_REFUSAL) {
      throw new InvalidInputException(
          "refusal status", String.valueOf(status), LOWEST_REFUSAL + " to " + HIGHEST_REFUSAL);
    }
    Map<String, @Nullable Object> body = object("status", "error", "error", words);
    if (!details.isEmpty()) {
      body.put("details", details);
    }
    return answered(status, JsonValues.write(body));
  }

  private static ResponseDefinitionBuilder success(Map<String, @Nullable Object> data) {
    return answered(200, JsonValues.write(object("status", "success", "data", data)));
  }

  private static Map<String, @Nullable Object> instance(
      WorkflowRef<?, ?> workflow, String instanceId, WorkflowStatus status) {
    Map<String, @Nullable Object> shown = object("status", status.state().word());
    status
        .output()
        .ifPresent(
            output ->
                shown.put(
                    "output",
                    object(
                        "status", output.status(),
                        "contentType", output.contentType(),
                        "body", output.body())));
    status
        .error()
        .ifPresent(words -> shown.put("error", object("name", "Error", "message", words)));
    return object(
        "workflow", name(workflow.app(), workflow.name()),
        "instance", object("id", instanceId, "status", shown));
  }

  private static Map<String, @Nullable Object> name(AppId app, String name) {
    return object("owner", app.owner(), "repo", app.repo(), "name", name);
  }

  private static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static Map<String, @Nullable Object> object(Object... namesAndValues) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }
}
