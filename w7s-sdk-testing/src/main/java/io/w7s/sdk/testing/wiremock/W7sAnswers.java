package io.w7s.sdk.testing.wiremock;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import io.w7s.sdk.AppId;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.ControlResponse;
import io.w7s.sdk.internal.wire.ControlResults;
import io.w7s.sdk.internal.wire.PublishResult;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
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
    return success(ControlResults.toJson(new SendReceipt(queue.app(), queue.name(), enqueuedAt)));
  }

  /** An event went to its subscribers' queues. */
  public static ResponseDefinitionBuilder published(PublishReceipt receipt) {
    return success(JsonSlice.of(PublishResult.toJson(receipt)));
  }

  /** An instance of a workflow was started, and is queued. */
  public static ResponseDefinitionBuilder started(
      WorkflowRef<?, ?> workflow, String instanceId, Instant createdAt) {
    return instance(
        workflow, instanceId, WorkflowStatus.of(WorkflowStatus.State.QUEUED), createdAt);
  }

  /** An instance of a workflow is doing so. */
  public static ResponseDefinitionBuilder status(
      WorkflowRef<?, ?> workflow, String instanceId, WorkflowStatus status) {
    return instance(workflow, instanceId, status, null);
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
    return json(status, new ControlResponse.Failure(words, new LinkedHashMap<>(details)));
  }

  private static ResponseDefinitionBuilder instance(
      WorkflowRef<?, ?> workflow,
      String instanceId,
      WorkflowStatus status,
      @Nullable Instant createdAt) {
    return success(
        ControlResults.toJson(
            workflow.app(), workflow.name(), new WorkflowInstance(instanceId, status), createdAt));
  }

  private static ResponseDefinitionBuilder success(JsonSlice data) {
    return json(200, new ControlResponse.Success(data));
  }

  private static ResponseDefinitionBuilder json(int status, ControlResponse response) {
    return answered(status, new String(response.toJson(), StandardCharsets.UTF_8));
  }

  private static Map<String, @Nullable Object> object(Object... namesAndValues) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }
}
