package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.EventMessage;
import io.w7s.sdk.internal.Excerpt;
import io.w7s.sdk.internal.JsonSlice;
import io.w7s.sdk.internal.QueueDelivery;
import io.w7s.sdk.internal.RandomIds;
import io.w7s.sdk.internal.RetryAfter;
import io.w7s.sdk.internal.RouterAnswer;
import io.w7s.sdk.internal.Setting;
import io.w7s.sdk.internal.WorkflowDelivery;
import io.w7s.sdk.okhttp.Exchange;
import io.w7s.sdk.okhttp.HttpTransport;
import io.w7s.sdk.okhttp.Requests;
import io.w7s.sdk.okhttp.Step;
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
import java.util.function.Function;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * Gives each operation the shape in which the platform would deliver it, addressed to the app
 * itself. The one class of the transport that knows these shapes; it sends nothing. Thread-safe.
 */
final class LocalDelivery implements HttpTransport.Steps {

  private static final int UNSUPPORTED = 501;
  private static final int BAD_REQUEST = 400;

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

  @Override
  public Step<RpcAnswer> rpc(RpcCall call) {
    String objection = Requests.objection(call);
    if (objection != null) {
      return Step.refused(UNSUPPORTED, objection);
    }
    return at(
        call.app(),
        call.path(),
        call.query(),
        url -> request(call, call.app(), Requests.rpc(call, url, rpcCaller), Answer::success));
  }

  @Override
  public Step<SendReceipt> queue(QueueSend send) {
    if (!send.delay().isZero()) {
      return Step.refused(
          UNSUPPORTED, "a delay needs the platform: local sends are delivered at once");
    }
    Instant now = time.now();
    var message =
        new QueueDelivery.Message(
            RandomIds.next(time.random()), 1, now, now, caller, JsonSlice.of(send.body()));
    byte[] json = new QueueDelivery(send.queue(), null, List.of(message)).toJson();
    return at(
        send.app(),
        send.consumer(),
        "",
        url ->
            request(
                send,
                send.app(),
                Requests.post(url, queueCaller, json),
                answer ->
                    answer.isSuccess()
                        ? Answer.success(new SendReceipt(send.app(), send.queue(), now))
                        : refused(answer, "consumer " + shown(send.app(), url))));
  }

  @Override
  public Step<PublishReceipt> event(EventPublish publish) {
    AppId router =
        config
            .eventRouter()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "No event router: set %s to the app, owner/repo, that routes events locally."
                            .formatted(Setting.EVENT_ROUTER)));
    byte[] json = EventMessage.of(publish).toJson();
    return at(
        router,
        "/publish",
        "",
        url ->
            request(
                publish,
                router,
                Requests.post(url, rpcCaller, json),
                answer -> published(publish, answer, "event router " + shown(router, url))));
  }

  private Answer<PublishReceipt> published(EventPublish publish, RpcAnswer answer, String from) {
    PublishReceipt receipt = RouterAnswer.receipt(publish, answer);
    if (receipt != null) {
      return Answer.success(receipt);
    }
    return answer.isSuccess()
        ? Answer.deliveryUnknown(
            from + " answered " + answer.status() + " without a list of deliveries", null)
        : refused(answer, from);
  }

  @Override
  public Step<WorkflowInstance> workflow(WorkflowStart start) {
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
      return Step.refused(BAD_REQUEST, String.valueOf(wrong.getMessage()));
    }
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
    return at(
        start.app(), start.path(), "", url -> run(start, id, Requests.post(url, headers, json)));
  }

  private Step<WorkflowInstance> run(WorkflowStart start, String id, Request http) {
    WorkflowInstance known = instances.begin(id);
    if (known != null) {
      return new Step.Known<>(Answer.success(known));
    }
    String from = "workflow " + shown(start.app(), http.url());
    return request(
        start,
        start.app(),
        http,
        answer ->
            Answer.success(
                answer.isSuccess()
                    ? instances.completed(id, answer)
                    : instances.errored(id, reason(answer, from))),
        () -> instances.forget(id));
  }

  @Override
  public Step<WorkflowInstance> instance(WorkflowQuery query) {
    WorkflowInstance known = instances.find(query.instanceId());
    return known == null
        ? Step.refused(404, "no workflow instance " + query.instanceId() + " was started here")
        : new Step.Known<>(Answer.success(known));
  }

  /** Returns the step that a URL makes possible, where the path can be sent as it is. */
  private <R> Step<R> at(AppId app, String path, String query, Function<HttpUrl, Step<R>> step) {
    HttpUrl url = urls.url(app, path, query);
    return url == null ? Step.refused(UNSUPPORTED, Requests.CHANGED_ON_THE_WAY) : step.apply(url);
  }

  private static <R> Step<R> request(
      Operation<R> operation, AppId app, Request http, Function<RpcAnswer, Answer<R>> reader) {
    return request(operation, app, http, reader, () -> {});
  }

  private static <R> Step<R> request(
      Operation<R> operation,
      AppId app,
      Request http,
      Function<RpcAnswer, Answer<R>> reader,
      Runnable unanswered) {
    return new Exchange<>(
        operation,
        http,
        app.toString(),
        reader,
        () -> ": start it there, or set " + W7sConfig.localUrlSetting(app),
        unanswered);
  }

  private static String shown(AppId app, HttpUrl url) {
    return Exchange.shown(app.toString(), url);
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
}
