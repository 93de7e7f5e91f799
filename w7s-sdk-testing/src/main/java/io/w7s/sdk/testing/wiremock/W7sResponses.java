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

/** The platform's HTTP responses for WireMock stubs: the success of each call, and refusals. */
@SuppressWarnings("exports") // WireMock is not a module; see module-info
public final class W7sResponses {

  private static final int LOWEST_REFUSAL = 400;
  private static final int HIGHEST_REFUSAL = 599;

  private W7sResponses() {}

  /** Returns the response of an RPC target. If the JSON is empty, the response has no body. */
  public static ResponseDefinitionBuilder responded(int status, String json) {
    ResponseDefinitionBuilder response = aResponse().withStatus(status);
    return json.isEmpty()
        ? response
        : response.withHeader("content-type", "application/json").withBody(json);
  }

  /** Returns the response to a message that a queue has accepted. */
  public static ResponseDefinitionBuilder enqueued(QueueRef<?> queue, Instant enqueuedAt) {
    return success(ControlResults.toJson(new SendReceipt(queue.app(), queue.name(), enqueuedAt)));
  }

  /** Returns the response to a published event. */
  public static ResponseDefinitionBuilder published(PublishReceipt receipt) {
    return success(JsonSlice.of(PublishResult.toJson(receipt)));
  }

  /** Returns the response to the start of a workflow. The state of the instance is queued. */
  public static ResponseDefinitionBuilder started(
      WorkflowRef<?, ?> workflow, String instanceId, Instant createdAt) {
    return instance(
        workflow, instanceId, WorkflowStatus.of(WorkflowStatus.State.QUEUED), createdAt);
  }

  /** Returns the response to a status query. */
  public static ResponseDefinitionBuilder status(
      WorkflowRef<?, ?> workflow, String instanceId, WorkflowStatus status) {
    return instance(workflow, instanceId, status, null);
  }

  /**
   * Returns a refusal, for example {@code refused(404, "No deployment of acme/worker")}.
   *
   * @param status the HTTP status, 400 to 599
   * @param message the reason
   * @throws InvalidInputException if the status is out of range
   */
  public static ResponseDefinitionBuilder refused(int status, String message) {
    return refused(status, message, Map.of());
  }

  /**
   * Returns the refusal of a call that exceeds a minute limit of an app (429).
   *
   * @param app {@code owner/repo}
   * @param retryAfter how long the caller is asked to wait, in whole seconds
   */
  public static ResponseDefinitionBuilder limited(String app, Metric metric, Duration retryAfter) {
    AppId limited = AppId.parse(app);
    Map<String, @Nullable Object> check =
        object(
            "metric",
            metric.word(),
            "scope",
            "repo",
            "environment",
            "production",
            "orgSlug",
            limited.owner(),
            "repoSlug",
            limited.repo(),
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
   * Returns a refusal with details.
   *
   * @param status the HTTP status, 400 to 599
   * @param message the reason
   * @param details plain JSON values
   * @throws InvalidInputException if the status is out of range
   */
  public static ResponseDefinitionBuilder refused(
      int status, String message, Map<String, ? extends @Nullable Object> details) {
    if (status < LOWEST_REFUSAL || status > HIGHEST_REFUSAL) {
      throw new InvalidInputException(
          "refusal status", String.valueOf(status), LOWEST_REFUSAL + " to " + HIGHEST_REFUSAL);
    }
    return json(status, new ControlResponse.Failure(message, new LinkedHashMap<>(details)));
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
    return responded(status, new String(response.toJson(), StandardCharsets.UTF_8));
  }

  private static Map<String, @Nullable Object> object(Object... namesAndValues) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }
}
