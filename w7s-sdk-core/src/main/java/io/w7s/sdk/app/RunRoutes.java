package io.w7s.sdk.app;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.internal.text.PercentEncoding;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.step.RunDetails;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunInfo;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.RunStateException;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a workflow as JSON, for those who operate the app: what {@link WorkflowRuns} does.
 * Nobody gets here by RPC; whoever can sign a delivery does. What payloads, values and results say
 * is not shown.
 */
final class RunRoutes {

  private static final int MAX_BODY_BYTES = 16_384;
  private static final String BETWEEN = "~";
  private static final String NO_RUN = "there is no such run";

  private final WorkflowRef<?, ?> workflow;

  RunRoutes(WorkflowRef<?, ?> workflow) {
    this.workflow = workflow;
  }

  void addTo(RouteTable routes) {
    String all = workflow.path() + "/runs";
    String one = all + "/{instance}";
    routes.add("GET", all, new Operation((runs, request, variables) -> list(runs, request)));
    routes.add("GET", one + "/details", ofRun((runs, run, body) -> run));
    routes.add(
        "POST", one + "/cancel", change((runs, run, body) -> runs.cancel(run, reason(body))));
    routes.add(
        "POST", one + "/terminate", change((runs, run, body) -> runs.terminate(run, reason(body))));
    routes.add("POST", one + "/retry", change((runs, run, body) -> runs.retry(run)));
    routes.add("POST", one + "/fork", ofRun(RunRoutes::fork));
  }

  // ---- What can be asked for

  private AppResponse list(WorkflowRuns runs, AppRequest request) {
    List<RunInfo> page = runs.list(query(PercentEncoding.query(request.query())));
    var body = new LinkedHashMap<String, @Nullable Object>();
    body.put("runs", page.stream().map(RunRoutes::json).toList());
    if (!page.isEmpty()) {
      RunInfo last = page.get(page.size() - 1);
      body.put("after", last.startedAt() + BETWEEN + last.id().instance());
    }
    return Responses.values(200, body);
  }

  private RunQuery query(Map<String, List<String>> parameters) {
    RunQuery query = RunQuery.all().workflow(workflow);
    for (Map.Entry<String, List<String>> parameter : parameters.entrySet()) {
      String name = parameter.getKey();
      String value = parameter.getValue().get(0);
      query =
          switch (name) {
            case "state" -> ofStates(query, parameter.getValue());
            case "from" -> query.startedFrom(time(name, value));
            case "before" -> query.startedBefore(time(name, value));
            case "limit" -> query.limit(number(name, value));
            case "after" -> after(query, value);
            default ->
                throw new InvalidInputException(
                    "parameter", quoted(name), "state, from, before, limit or after");
          };
    }
    return query;
  }

  private static RunQuery ofStates(RunQuery query, List<String> names) {
    RunStatus.State[] states = names.stream().map(RunRoutes::state).toArray(RunStatus.State[]::new);
    return query.state(states[0], states);
  }

  private static RunStatus.State state(String name) {
    for (RunStatus.State state : RunStatus.State.values()) {
      if (text(state).equals(name)) {
        return state;
      }
    }
    throw new InvalidInputException(
        "state", quoted(name), "running, waiting, complete, failed or cancelled");
  }

  private RunQuery after(RunQuery query, String value) {
    int between = value.indexOf(BETWEEN);
    if (between < 0) {
      throw new InvalidInputException("after", quoted(value), "what the page before says");
    }
    return query.after(
        time("after", value.substring(0, between)),
        RunId.of(workflow, value.substring(between + BETWEEN.length())));
  }

  private static Instant time(String name, String value) {
    try {
      return Instant.parse(value);
    } catch (DateTimeException unreadable) {
      throw new InvalidInputException(
          name, quoted(value), "a time such as 2026-05-25T12:00:00Z, percent-encoded");
    }
  }

  private static int number(String name, String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException unreadable) {
      throw new InvalidInputException(name, quoted(value), "a whole number");
    }
  }

  private static String reason(Map<String, ?> body) {
    return text(body, "reason").orElse("no reason was given");
  }

  private static RunId fork(WorkflowRuns runs, RunId run, Map<String, ?> body) {
    String label =
        text(body, "label")
            .orElseThrow(() -> new InvalidInputException("$.label", "nothing", "text"));
    return text(body, "step")
        .map(step -> runs.fork(run, step, label))
        .orElseGet(() -> runs.forkFromFailure(run, label));
  }

  private static Optional<String> text(Map<String, ?> body, String field) {
    Object value = body.get(field);
    if (value != null && !(value instanceof String)) {
      throw new InvalidInputException("$." + field, "another kind of value", "text");
    }
    return Optional.ofNullable((String) value);
  }

  private static String quoted(String text) {
    return "\"" + SafeText.of(text) + "\"";
  }

  // ---- The routes

  /** Does something with the runs of the workflow. */
  private interface Work {
    AppResponse run(WorkflowRuns runs, AppRequest request, Map<String, String> variables);
  }

  /** Does something with a run; returns the one that is to be shown. */
  private interface WorkOnRun {
    RunId run(WorkflowRuns runs, RunId run, Map<String, ?> body);
  }

  /** Changes a run, which is shown then. */
  private interface ChangeOfRun {
    void make(WorkflowRuns runs, RunId run, Map<String, ?> body);
  }

  private record Operation(Work work) implements Route {

    @Override
    public AppResponse handle(AppRequest request, Map<String, String> variables, AppContext context)
        throws BadRequest {
      if (request.body().length > MAX_BODY_BYTES) {
        return Responses.refusal(413, "at most " + MAX_BODY_BYTES + " bytes are allowed here");
      }
      try {
        return work.run(context.durableRuns().runs(), request, variables);
      } catch (InvalidInputException invalid) {
        throw new BadRequest(invalid);
      } catch (RunStateException otherwise) {
        return Responses.refusal(409, otherwise.getMessage());
      }
    }

    @Override
    public HandlerKind kind() {
      return HandlerKind.WORKFLOW;
    }
  }

  private Operation change(ChangeOfRun change) {
    return ofRun(
        (runs, run, body) -> {
          change.make(runs, run, body);
          return run;
        });
  }

  private Operation ofRun(WorkOnRun work) {
    return new Operation(
        (runs, request, variables) -> {
          RunId run = RunId.of(workflow, variables.getOrDefault("instance", ""));
          Map<String, ?> body = body(request);
          try {
            return shown(runs, work.run(runs, run, body));
          } catch (InvalidInputException invalid) {
            if (runs.find(run).isPresent()) {
              throw invalid;
            }
            return Responses.refusal(404, NO_RUN);
          }
        });
  }

  private static AppResponse shown(WorkflowRuns runs, RunId run) {
    return runs.find(run)
        .map(details -> Responses.values(200, json(details)))
        .orElseGet(() -> Responses.refusal(404, NO_RUN));
  }

  private static Map<String, ?> body(AppRequest request) {
    if (request.body().length == 0) {
      return Map.of();
    }
    if (JsonValues.parse(request.body()) instanceof Map<?, ?> object) {
      var body = new LinkedHashMap<String, @Nullable Object>();
      object.forEach((name, value) -> body.put(String.valueOf(name), value));
      return body;
    }
    throw new InvalidInputException("$", "another kind of JSON", "an object");
  }

  // ---- The JSON

  private static Map<String, ?> json(RunDetails details) {
    Map<String, @Nullable Object> json = json(details.info());
    put(json, "currentStep", details.currentStep().map(StepRecord::name).orElse(null));
    put(json, "lastError", details.lastError().orElse(null));
    put(json, "nextWake", details.nextWake().orElse(null));
    json.put("steps", details.steps().stream().map(RunRoutes::json).toList());
    return json;
  }

  private static Map<String, @Nullable Object> json(RunInfo run) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("instance", run.id().instance());
    json.put("state", text(run.state()));
    put(json, "startedAt", run.startedAt());
    put(json, "endedAt", run.endedAt());
    put(json, "dueAt", run.dueAt());
    json.put("failures", (long) run.failures());
    json.put("takeovers", (long) run.takeovers());
    put(json, "error", run.error());
    put(json, "cancelReason", run.cancelReason());
    put(json, "forkedFrom", run.forkedFrom());
    return json;
  }

  private static Map<String, ?> json(StepRecord step) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("name", step.name());
    json.put("kind", text(step.kind()));
    json.put("state", text(step.state()));
    json.put("attempts", (long) step.attempts());
    put(json, "at", step.at());
    put(json, "dueAt", step.dueAt());
    put(json, "error", step.error());
    return json;
  }

  private static void put(Map<String, @Nullable Object> json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value.toString());
    }
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
