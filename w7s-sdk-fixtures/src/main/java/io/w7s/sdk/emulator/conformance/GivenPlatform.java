package io.w7s.sdk.emulator.conformance;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.PlatformListener;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.emulator.workflow.WorkflowExecution;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The platform as the {@code given} of a recording describes it, and what reached its apps. */
public final class GivenPlatform implements PlatformListener {

  /** A request that reached an app's backend. */
  public record Dispatched(AppId app, Environment environment, AppRequest request) {}

  /** A message that was put on a queue. */
  public record Enqueued(QueuedMessage message, Duration delay) {}

  public final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 42);
  public final Platform platform;
  public final List<Dispatched> dispatched = new ArrayList<>();
  public final List<Enqueued> enqueued = new ArrayList<>();
  public final List<WorkflowExecution> created = new ArrayList<>();

  public GivenPlatform(JsonNode given) {
    Platform.Builder builder = Platform.builder(time).limits(limits(given)).listener(this);
    platform =
        given.path("strictInstances").booleanValue(false)
            ? builder.strictWorkflowIds().build()
            : builder.build();
    given.path("apps").forEach(this::deploy);
    for (JsonNode used : given.path("usage")) {
      platform.addUsage(
          new AppInstance(app(used), environment(used)),
          metric(used),
          used.path("units").longValue());
    }
    given
        .path("instances")
        .forEachEntry(
            (id, status) ->
                platform
                    .workflows()
                    .put(
                        AppInstance.of(AppId.parse("acme/target")),
                        "process-order",
                        id,
                        status(status)));
  }

  private static Limits limits(JsonNode given) {
    Limits limits = Limits.platform();
    for (JsonNode limit : given.path("limits")) {
      limits = limits.withDaily(app(limit), metric(limit), limit.path("dailyUnits").longValue());
    }
    JsonNode active = given.path("config").path("W7S_WORKFLOW_ACTIVE_LIMIT");
    return active.isMissingNode()
        ? limits
        : limits.withActiveWorkflows(Integer.parseInt(active.stringValue()));
  }

  private static Metric metric(JsonNode node) {
    String word = node.path("metric").stringValue();
    return Arrays.stream(Metric.values())
        .filter(metric -> metric.word().equals(word))
        .findFirst()
        .orElseThrow();
  }

  private static WorkflowStatus status(JsonNode status) {
    return new WorkflowStatus(
        State.of(status.path("status").stringValue()),
        Optional.empty(),
        Optional.ofNullable(status.path("error").path("message").stringValue(null)));
  }

  private void deploy(JsonNode given) {
    AppId app = app(given);
    Environment environment = environment(given);
    JsonNode declared = given.path("manifest");
    Manifest manifest =
        declared.isMissingNode() ? Manifest.empty() : Manifest.parse(declared.toString());
    boolean hasBackend = given.path("backend").booleanValue(true);
    Deployment deployment =
        hasBackend
            ? Deployment.of(app, manifest, backend(app, environment, given.path("responder")))
            : Deployment.withoutBackend(app, manifest);
    deployment = deployment.in(environment);
    String suffix = "-%s-%s-%s".formatted(app.owner(), app.repo(), environment);
    platform.deploy(
        given.path("tokens").isNull()
            ? deployment.withoutTokens()
            : deployment.withTokens(
                Tokens.of(
                    "rpc" + suffix, "queue" + suffix, "workflow" + suffix, "events" + suffix)));
  }

  private AppHandler backend(AppId app, Environment environment, JsonNode responder) {
    return request -> {
      dispatched.add(new Dispatched(app, environment, request));
      if (responder.has("throw")) {
        throw new IllegalStateException(responder.path("throw").stringValue());
      }
      return answer(responder);
    };
  }

  private static AppResponse answer(JsonNode responder) {
    Headers headers = Headers.none();
    byte[] body = new byte[0];
    if (responder.isMissingNode()) {
      headers = headers.with("content-type", "application/json");
      body = "{\"ok\":true}".getBytes(StandardCharsets.UTF_8);
    } else if (responder.has("base64")) {
      body = Base64.getDecoder().decode(responder.path("base64").stringValue());
    } else if (responder.has("json")) {
      headers = headers.with("content-type", "application/json");
      body = responder.path("json").toString().getBytes(StandardCharsets.UTF_8);
    } else if (responder.has("text")) {
      headers = headers.with("content-type", "text/plain");
      body = responder.path("text").stringValue().getBytes(StandardCharsets.UTF_8);
    }
    return new AppResponse(
        responder.path("status").intValue(200), headers.with(headers(responder)), body);
  }

  /** Returns the headers of a request or a responder; a header with an array has several values. */
  public static Headers headers(JsonNode node) {
    var headers = Headers.builder();
    for (Map.Entry<String, JsonNode> header : node.path("headers").properties()) {
      JsonNode value = header.getValue();
      if (value.isArray()) {
        value.forEach(each -> headers.add(header.getKey(), each.stringValue()));
      } else {
        headers.add(header.getKey(), value.stringValue());
      }
    }
    return headers.build();
  }

  public static AppId app(JsonNode node) {
    return AppId.parse(node.path("repository").stringValue());
  }

  public static Environment environment(JsonNode node) {
    JsonNode environment = node.path("environment");
    return environment.isMissingNode()
        ? Environment.PRODUCTION
        : Environment.of(environment.stringValue());
  }

  /** Forgets what arrived so far. */
  public void clear() {
    dispatched.clear();
    enqueued.clear();
    created.clear();
  }

  @Override
  public void sent(QueuedMessage message, Duration delay) {
    enqueued.add(new Enqueued(message, delay));
  }

  @Override
  public void started(WorkflowExecution instance) {
    created.add(instance);
  }
}
