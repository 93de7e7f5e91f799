package io.w7s.sdk.emulator.internal.control;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.emulator.app.Tokens.Kind;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.queue.QueueService;
import io.w7s.sdk.emulator.internal.wire.JavaScriptNumber;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.internal.wire.StoredJson;
import io.w7s.sdk.emulator.internal.wire.WhatwgUrl;
import io.w7s.sdk.emulator.internal.workflow.WorkflowStore;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.Slugs;
import io.w7s.sdk.internal.wire.ControlResults;
import io.w7s.sdk.internal.wire.PublishResult;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP API of the platform without HTTP: {@code /api/v1/rpc/}, {@code /api/v1/queues/}, {@code
 * /api/v1/workflows/}, {@code /api/v1/events/} and {@code /health}. Only the bearer token
 * identifies the caller. Content types are those of the platform, also odd ones: some refusals of
 * workflow calls are JSON with the type {@code text/plain}. Backends run on the calling thread.
 * Thread-safe.
 */
public final class ControlPlane implements AppHandler {

  private static final String QUEUES = "/api/v1/queues/";
  private static final String WORKFLOWS = "/api/v1/workflows/";
  private static final String EVENTS = "/api/v1/events/";
  private static final Pattern BEARER = Pattern.compile("(?i)bearer\\s+(\\S.*)");

  private final PlatformServices services;

  /** Makes the HTTP API of a platform. */
  public ControlPlane(PlatformServices services) {
    this.services = services;
  }

  @Override
  public AppResponse handle(AppRequest given) {
    var request =
        new AppRequest(
            given.method(),
            WhatwgUrl.path(given.path()),
            WhatwgUrl.query(given.query()),
            given.headers(),
            given.body());
    AppResponse response = route(request);
    return request.method().equals("HEAD")
        ? new AppResponse(response.status(), response.headers(), new byte[0])
        : response;
  }

  private AppResponse route(AppRequest request) {
    String path = request.path();
    String method = request.method();
    if (isUnder(path, RpcService.PREFIX)) {
      return respond(Kind.RPC, request, this::rpc);
    }
    if (isUnder(path, QUEUES) && method.equals("POST")) {
      return respond(Kind.QUEUE, request, this::send);
    }
    if (isUnder(path, WORKFLOWS) && method.equals("POST")) {
      return respond(Kind.WORKFLOW, request, this::start);
    }
    if (isUnder(path, WORKFLOWS) && (method.equals("GET") || method.equals("HEAD"))) {
      return respond(Kind.WORKFLOW, request, this::status);
    }
    if (isUnder(path, EVENTS) && method.equals("POST")) {
      return respond(Kind.EVENTS, request, this::publish);
    }
    boolean health = path.equals("/health") || path.equals("/api/v1/health");
    return health && method.equals("GET")
        ? ControlResponses.health()
        : ControlResponses.noRoute(method);
  }

  private static boolean isUnder(String path, String prefix) {
    return path.startsWith(prefix) || path.equals(prefix.substring(0, prefix.length() - 1));
  }

  /**
   * A call in the order in which the platform checks it: first what the request alone can be
   * refused for, then, once the token is known, the rest.
   */
  @FunctionalInterface
  private interface Call {
    Function<DeployedApp, AppResponse> read(AppRequest request);
  }

  private AppResponse respond(Kind kind, AppRequest request, Call call) {
    DeployedApp caller = null;
    try {
      String token = bearer(kind, request);
      Function<DeployedApp, AppResponse> read = call.read(request);
      caller = holder(kind, token);
      return read.apply(caller);
    } catch (Refusal refusal) {
      if (caller != null) {
        String operation = kind.word() + " " + request.method();
        services.refused(caller.caller(), operation, request.path(), refusal);
      }
      return refusal.details().containsKey("appLimitState") && acceptsHtml(request)
          ? ControlResponses.suspendedPage(refusal)
          : ControlResponses.refused(refusal);
    }
  }

  private static boolean acceptsHtml(AppRequest request) {
    return request
        .headers()
        .first("accept")
        .filter(types -> types.contains("text/html"))
        .isPresent();
  }

  private static String bearer(Kind kind, AppRequest request) {
    Matcher bearer = BEARER.matcher(request.headers().first("authorization").orElse(""));
    if (!bearer.matches()) {
      var missing =
          new Refusal(
              Refusal.UNAUTHORIZED, "A bearer token of kind %s is needed".formatted(kind.word()));
      throw kind == Kind.WORKFLOW ? missing.inText() : missing;
    }
    return bearer.group(1).strip();
  }

  private DeployedApp holder(Kind kind, String token) {
    DeployedApp holder = services.registry().holder(kind, token);
    if (holder == null) {
      throw new Refusal(
          Refusal.UNAUTHORIZED, "No deployment has this token of kind %s".formatted(kind.word()));
    }
    return holder;
  }

  private static UrlPath segments(AppRequest request, String prefix) {
    return UrlPath.of(request.path().substring(Math.min(prefix.length(), request.path().length())));
  }

  private static Refusal badTarget(String prefix, String shape) {
    return new Refusal(Refusal.BAD_REQUEST, "The path must be " + prefix + shape);
  }

  private static String slug(String what, String text) {
    try {
      return Slugs.slug(what, text);
    } catch (InvalidInputException notOne) {
      throw new Refusal(Refusal.BAD_REQUEST, String.valueOf(notOne.getMessage()));
    }
  }

  private Function<DeployedApp, AppResponse> rpc(AppRequest request) {
    UrlPath segments = segments(request, RpcService.PREFIX);
    if (segments.count() < 2) {
      throw badTarget(RpcService.PREFIX, "<owner>/<repo>/<path>");
    }
    var passed =
        new RpcService.Request(
            segments.app(),
            request.method(),
            segments.pathFrom(2),
            request.path(),
            request.query(),
            request.headers(),
            RawBody.of(request.headers(), request.body()));
    return caller -> {
      RawResponse response = services.rpc().call(caller, passed);
      return new AppResponse(response.status(), response.headers(), response.body());
    };
  }

  private Function<DeployedApp, AppResponse> send(AppRequest request) {
    UrlPath segments = segments(request, QUEUES);
    if (segments.count() != 3) {
      throw badTarget(QUEUES, "<owner>/<repo>/<queue>");
    }
    AppId app = segments.app();
    String queue = slug("queue name", segments.decoded(2));
    byte[] body = StoredJson.ofRequest("message body", request.body());
    Duration delay = delay(request.headers());
    return caller -> {
      SendReceipt receipt = services.queues().send(caller, app, queue, body, delay);
      return ControlResponses.success(ControlResults.toJson(receipt));
    };
  }

  private static Duration delay(Headers headers) {
    // two headers are joined with a comma, and then are not a number
    String text = Names.trimmed(String.join(", ", headers.all("x-w7s-queue-delay-seconds")));
    double seconds = JavaScriptNumber.of(text);
    boolean whole = seconds == Math.rint(seconds) && seconds >= 0 && seconds <= 86_400;
    Duration delay = Duration.ofSeconds(whole ? (long) seconds : -1);
    QueueService.requireDelay(delay);
    return delay;
  }

  /** The workflow that a path names, and the instance where it does. */
  private record WorkflowPath(AppId app, String workflow, String instanceId) {

    static WorkflowPath of(AppRequest request) {
      UrlPath segments = segments(request, WORKFLOWS);
      if (segments.count() < 3) {
        throw badTarget(WORKFLOWS, "<owner>/<repo>/<workflow>");
      }
      return new WorkflowPath(
          segments.app(),
          slug("workflow name", segments.decoded(2)),
          segments.count() > 3 ? segments.joined(3) : "");
    }

    AppResponse response(WorkflowInstance instance, @Nullable Instant createdAt) {
      return ControlResponses.success(ControlResults.toJson(app, workflow, instance, createdAt));
    }
  }

  /** The platform refuses a wrong target with the content type of plain text. */
  private static <T> T inText(Supplier<T> check) {
    try {
      return check.get();
    } catch (Refusal refusal) {
      throw refusal.inText();
    }
  }

  private void requireTarget(DeployedApp caller, WorkflowPath path) {
    inText(
        () -> {
          services.workflows().requireTarget(caller, path.app(), path.workflow());
          return path;
        });
  }

  private Function<DeployedApp, AppResponse> start(AppRequest request) {
    WorkflowPath path = inText(() -> WorkflowPath.of(request));
    return caller -> start(caller, path, request);
  }

  private AppResponse start(DeployedApp caller, WorkflowPath path, AppRequest request) {
    requireTarget(caller, path);
    byte[] payload = StoredJson.ofRequest("workflow payload", request.body());
    String id =
        request
            .headers()
            .first("x-w7s-workflow-instance-id")
            .map(Names::trimmed)
            .filter(given -> !given.isEmpty())
            .orElse(null);
    WorkflowStore.Entry started =
        services.workflows().start(caller, path.app(), path.workflow(), id, payload);
    return path.response(started.instance(), started.createdAt());
  }

  private Function<DeployedApp, AppResponse> status(AppRequest request) {
    WorkflowPath path = inText(() -> WorkflowPath.of(request));
    return caller -> {
      requireTarget(caller, path);
      if (path.instanceId().isEmpty()) {
        throw new Refusal(Refusal.BAD_REQUEST, "A workflow instance id is needed");
      }
      WorkflowStore.Entry known =
          services.workflows().status(caller, path.app(), path.workflow(), path.instanceId());
      return path.response(known.instance(), null);
    };
  }

  private Function<DeployedApp, AppResponse> publish(AppRequest request) {
    UrlPath segments = segments(request, EVENTS);
    if (segments.count() != 2) {
      throw badTarget(EVENTS, "<owner>/<repo>");
    }
    AppId claimed = segments.app();
    return caller -> publish(caller, claimed, request);
  }

  private AppResponse publish(DeployedApp caller, AppId claimed, AppRequest request) {
    AppId publisher = caller.app();
    if (!claimed.equals(publisher)) {
      throw new Refusal(
          Refusal.FORBIDDEN,
          "The token is that of %s, which publishes as itself".formatted(publisher));
    }
    PublishReceipt receipt = services.events().publish(caller, request);
    return ControlResponses.success(JsonSlice.of(PublishResult.toJson(receipt)));
  }
}
