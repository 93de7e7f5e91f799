package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.EventMessage;
import io.w7s.sdk.internal.JsonSlice;
import io.w7s.sdk.internal.QueueDelivery;
import io.w7s.sdk.internal.RandomIds;
import io.w7s.sdk.internal.RetryAfter;
import io.w7s.sdk.internal.Setting;
import io.w7s.sdk.internal.WorkflowDelivery;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RpcAnswer;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * Gives each operation the shape in which the platform would deliver it, addressed to the app
 * itself. The one class of the transport that knows these shapes; it sends nothing. Thread-safe.
 */
final class LocalDelivery {

  private static final int UNSUPPORTED = 501;
  private static final int BAD_REQUEST = 400;

  /** What an HTTP client would change on the way: dot segments, escaped or not, and backslashes. */
  private static final Pattern CHANGING = Pattern.compile("/(?:\\.|%2[eE]){1,2}(?:/|$)|\\\\");

  private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD");
  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
  private static final Headers JSON =
      Headers.of("content-type", "application/json").with("accept", "application/json");
  private static final Headers USER_AGENT = Headers.of("user-agent", "w7s-sdk-java");

  private final W7sConfig config;
  private final TimeSource time;
  private final LocalUrls urls;
  private final LocalInstances instances = new LocalInstances();
  private final Caller caller;
  private final Headers rpcCaller;
  private final Headers queueCaller;

  LocalDelivery(W7sConfig config, TimeSource time) {
    this.config = config;
    this.time = time;
    this.urls = new LocalUrls(config);
    AppId app = config.app();
    String environment = config.environment().name();
    caller = new Caller(app, config.environment());
    rpcCaller =
        Headers.of("x-w7s-rpc", "1")
            .with("x-w7s-rpc-caller-owner", app.owner())
            .with("x-w7s-rpc-caller-repo", app.repo())
            .with("x-w7s-rpc-caller-repository", app.toString())
            .with("x-w7s-rpc-caller-environment", environment);
    queueCaller =
        Headers.of("x-w7s-queue", "1")
            .with("x-w7s-queue-caller-repository", app.toString())
            .with("x-w7s-queue-environment", environment);
  }

  /**
   * Returns what an operation takes.
   *
   * @throws ConfigurationException when there is no URL for its target, or no router for events
   */
  @SuppressWarnings("unchecked") // each kind of operation says itself what it results in
  <R> Step<R> of(Operation<R> operation) {
    if (operation instanceof RpcCall call) {
      return (Step<R>) rpc(call);
    }
    if (operation instanceof QueueSend send) {
      return (Step<R>) queue(send);
    }
    if (operation instanceof EventPublish publish) {
      return (Step<R>) event(publish);
    }
    if (operation instanceof WorkflowStart start) {
      return (Step<R>) workflow(start);
    }
    return (Step<R>) instance((WorkflowQuery) operation);
  }

  private Step<RpcAnswer> rpc(RpcCall call) {
    if (CHANGING.matcher(call.path()).find()) {
      return refused(
          UNSUPPORTED, "a path with a . or .. segment or a backslash cannot be sent unchanged");
    }
    if (call.body() != null && WITHOUT_BODY.contains(call.method())) {
      return refused(UNSUPPORTED, "a " + call.method() + " with a body cannot be sent");
    }
    String query = call.query().isEmpty() ? "" : "?" + call.query();
    var request = new Request.Builder().url(urls.url(call.app(), call.path() + query));
    request.headers(http(USER_AGENT.with(call.headers()).with(rpcCaller)));
    request.method(call.method(), body(call));
    return new Step.Request<>(call.app(), request.build(), Answer::success);
  }

  private static @Nullable RequestBody body(RpcCall call) {
    byte[] body = call.body();
    if (body == null) {
      return WITH_BODY.contains(call.method()) ? RequestBody.create(new byte[0]) : null;
    }
    return RequestBody.create(body);
  }

  private Step<SendReceipt> queue(QueueSend send) {
    if (!send.delay().isZero()) {
      return refused(UNSUPPORTED, "a delay needs the platform: local sends are delivered at once");
    }
    Instant now = time.now();
    var message =
        new QueueDelivery.Message(
            RandomIds.next(time.random()), 1, now, now, caller, JsonSlice.of(send.body()));
    byte[] json = new QueueDelivery(send.queue(), null, List.of(message)).toJson();
    HttpUrl url = urls.url(send.app(), send.consumer());
    return new Step.Request<>(
        send.app(),
        post(url, queueCaller, json),
        answer ->
            isSuccess(answer)
                ? Answer.success(new SendReceipt(send.app(), send.queue(), now))
                : refused(answer, "consumer " + LocalUrls.shown(send.app(), url)));
  }

  private Step<PublishReceipt> event(EventPublish publish) {
    AppId router =
        config
            .eventRouter()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "No event router: set %s to the app, owner/repo, that routes events locally."
                            .formatted(Setting.EVENT_ROUTER)));
    byte[] json =
        new EventMessage(
                publish.id(),
                publish.subject(),
                publish.source().toString(),
                publish.time(),
                JsonSlice.of(publish.data()),
                publish.traceParent(),
                publish.cloudEvent())
            .toJson();
    HttpUrl url = urls.url(router, "/publish");
    String from = "event router " + LocalUrls.shown(router, url);
    return new Step.Request<>(
        router, post(url, rpcCaller, json), answer -> published(publish, answer, from));
  }

  private Answer<PublishReceipt> published(EventPublish publish, RpcAnswer answer, String from) {
    List<PublishReceipt.Delivery> deliveries = RouterAnswer.deliveries(answer.body());
    boolean success = isSuccess(answer);
    if (deliveries == null || (deliveries.isEmpty() && !success)) {
      return success
          ? Answer.deliveryUnknown(
              from + " answered " + answer.status() + " without a list of deliveries", null)
          : refused(answer, from);
    }
    return Answer.success(
        new PublishReceipt(
            publish.id(), publish.subject(), publish.source(), publish.time(), deliveries));
  }

  private Step<WorkflowInstance> workflow(WorkflowStart start) {
    String id;
    try {
      String given = start.instanceId();
      id =
          LocalInstances.id(
              config.environment(),
              start.app(),
              start.workflow(),
              given == null ? RandomIds.next(time.random()) : given);
    } catch (InvalidInputException wrong) {
      return refused(BAD_REQUEST, String.valueOf(wrong.getMessage()));
    }
    HttpUrl url = urls.url(start.app(), start.path());
    Headers headers =
        Headers.of("x-w7s-workflow", "1")
            .with("x-w7s-workflow-name", start.workflow())
            .with("x-w7s-workflow-instance", id);
    byte[] json =
        new WorkflowDelivery(
                start.workflow(),
                start.workflow(),
                id,
                time.now(),
                caller,
                new WorkflowDelivery.Target(
                    start.app(), config.environment(), start.workflow(), start.path()),
                JsonSlice.of(start.payload()))
            .toJson();
    WorkflowInstance known = instances.begin(id);
    if (known != null) {
      return new Step.Known<>(Answer.success(known));
    }
    String from = "workflow " + LocalUrls.shown(start.app(), url);
    return new Step.Request<>(
        start.app(),
        post(url, headers, json),
        answer ->
            Answer.success(
                isSuccess(answer)
                    ? instances.completed(id, answer)
                    : instances.errored(id, reason(answer, from))),
        () -> instances.forget(id));
  }

  private Step<WorkflowInstance> instance(WorkflowQuery query) {
    WorkflowInstance known = instances.find(query.instanceId());
    return known == null
        ? refused(404, "no workflow instance " + query.instanceId() + " was started here")
        : new Step.Known<>(Answer.success(known));
  }

  private static Request post(HttpUrl url, Headers headers, byte[] json) {
    return new Request.Builder()
        .url(url)
        .headers(http(USER_AGENT.with(JSON).with(headers)))
        .post(RequestBody.create(json))
        .build();
  }

  private static okhttp3.Headers http(Headers headers) {
    var http = new okhttp3.Headers.Builder();
    headers.forEach(http::addUnsafeNonAscii); // goes out as UTF-8
    return http.build();
  }

  private static boolean isSuccess(RpcAnswer answer) {
    return answer.status() >= 200 && answer.status() < 300;
  }

  private <R> Answer<R> refused(RpcAnswer answer, String from) {
    return new Answer.Refused<>(
        answer.status(),
        reason(answer, from),
        Map.of(),
        RetryAfter.of(answer.headers(), time.now()));
  }

  private static String reason(RpcAnswer answer, String from) {
    return from + " answered " + answer.status() + Excerpt.ofError(answer.body());
  }

  private static <R> Step<R> refused(int status, String message) {
    return new Step.Known<>(Answer.refused(status, message));
  }
}
