package io.w7s.sdk.local.internal.transport;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.config.Setting;
import io.w7s.sdk.internal.json.Excerpt;
import io.w7s.sdk.internal.text.RetryAfter;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.internal.wire.RouterResponse;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.okhttp.Exchange;
import io.w7s.sdk.okhttp.HttpOperation;
import io.w7s.sdk.okhttp.Requests;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import okhttp3.HttpUrl;

/**
 * Decides where each operation goes: an RPC to the URL of its app, an event to the router app if
 * one is configured, everything else to the platform in this JVM. It sends nothing itself.
 * Thread-safe.
 */
public final class LocalRouting implements Operation.Visitor<HttpOperation<?>> {

  /** Where an event router takes events. */
  private static final String PUBLISH = "/publish";

  private static final int UNSUPPORTED = 501;
  private static final int BAD_REQUEST = 400;
  private static final int FORBIDDEN = 403;

  /** The platform in this JVM responds at once; no call comes near this timeout. */
  private static final CallContext NO_WAIT = new CallContext(1, Duration.ofDays(1));

  private final W7sConfig config;
  private final TimeSource time;
  private final LocalUrls urls;
  private final LocalDeployments apps;
  private final Transport platform;
  private final Headers rpcCaller;

  /**
   * Makes the routing of one process.
   *
   * @param platform takes what is delivered later: messages, events and workflow starts
   */
  public LocalRouting(
      W7sConfig config,
      TimeSource time,
      LocalUrls urls,
      LocalDeployments apps,
      Transport platform) {
    this.config = config;
    this.time = time;
    this.urls = urls;
    this.apps = apps;
    this.platform = platform;
    AppId app = config.app();
    String environment = config.environment().name();
    rpcCaller =
        Headers.of("x-w7s-rpc", "1")
            .with("x-w7s-rpc-caller-owner", app.owner())
            .with("x-w7s-rpc-caller-repo", app.repo())
            .with("x-w7s-rpc-caller-repository", app.toString())
            .with("x-w7s-rpc-caller-environment", environment);
  }

  @Override
  public HttpOperation<RawResponse> rpc(RpcCall call) {
    String objection = Requests.objection(call);
    if (objection != null) {
      return HttpOperation.refused(call, UNSUPPORTED, objection);
    }
    if (!apps.allowsRpc(call.app())) {
      return HttpOperation.refused(
          call, FORBIDDEN, "%s does not allow %s in rpc.allow".formatted(call.app(), config.app()));
    }
    return at(
        call,
        call.app(),
        call.path(),
        call.query(),
        url ->
            LocalHttp.exchange(
                call,
                Requests.rpc(call, url, rpcCaller),
                call.app(),
                call.path(),
                Outcome::success));
  }

  @Override
  public HttpOperation<SendReceipt> queueSend(QueueSend send) {
    return accept(
        send,
        send.app(),
        send.consumer(),
        () -> apps.requireQueue(send.app(), new Manifest.Queue(send.queue(), send.consumer())));
  }

  @Override
  public HttpOperation<WorkflowInstance> workflowStart(WorkflowStart start) {
    return accept(
        start,
        start.app(),
        start.path(),
        () ->
            apps.requireWorkflow(
                start.app(), new Manifest.Workflow(start.workflow(), start.path())));
  }

  @Override
  public HttpOperation<WorkflowInstance> workflowQuery(WorkflowQuery query) {
    return atPlatform(query);
  }

  /** Hands an operation to the platform, which delivers it later, if its target has a URL. */
  private <R> HttpOperation<R> accept(
      Operation<R> operation, AppId app, String path, Runnable requirement) {
    if (urls.url(app, path, "") == null) {
      return HttpOperation.refused(operation, UNSUPPORTED, Requests.CHANGED_ON_THE_WAY);
    }
    try {
      requirement.run();
    } catch (InvalidInputException differs) {
      return HttpOperation.refused(operation, BAD_REQUEST, String.valueOf(differs.getMessage()));
    }
    return atPlatform(operation);
  }

  private <R> HttpOperation<R> atPlatform(Operation<R> operation) {
    return new HttpOperation.Known<>(operation, platform.execute(operation, NO_WAIT));
  }

  @Override
  public HttpOperation<PublishReceipt> eventPublish(EventPublish publish) {
    AppId router = config.eventRouter().orElse(null);
    if (router == null && apps.requireSubject(publish.subject())) {
      return atPlatform(publish);
    }
    if (router == null) {
      throw new ConfigurationException(
          "No event router and no subscriber: set %s to the app, owner/repo, that routes events, or name the manifests of the subscribers with w7s.local.manifests.<owner>/<repo>."
              .formatted(Setting.EVENT_ROUTER));
    }
    byte[] json = EventMessage.of(publish).toJson();
    return at(
        publish,
        router,
        PUBLISH,
        "",
        url ->
            LocalHttp.exchange(
                publish,
                Requests.post(url, rpcCaller, json),
                router,
                PUBLISH,
                response -> published(publish, response, "event router " + shown(router, url))));
  }

  private Outcome<PublishReceipt> published(
      EventPublish publish, RawResponse response, String from) {
    PublishReceipt receipt = RouterResponse.receipt(publish, response);
    if (receipt != null) {
      return Outcome.success(receipt);
    }
    return response.isSuccess()
        ? Outcome.deliveryUnknown(
            from + " responded with " + response.status() + " without a list of deliveries", null)
        : refused(response, from);
  }

  /** Returns an operation at the URL of a path, or a refusal if the path would be changed. */
  private <R> HttpOperation<R> at(
      Operation<R> operation,
      AppId app,
      String path,
      String query,
      Function<HttpUrl, HttpOperation<R>> exchange) {
    HttpUrl url = urls.url(app, path, query);
    return url == null
        ? HttpOperation.refused(operation, UNSUPPORTED, Requests.CHANGED_ON_THE_WAY)
        : exchange.apply(url);
  }

  private static String shown(AppId app, HttpUrl url) {
    return Exchange.shown(app.toString(), url);
  }

  private <R> Outcome<R> refused(RawResponse response, String from) {
    return new Outcome.Refused<>(
        response.status(),
        reason(response, from),
        Map.of(),
        RetryAfter.of(response.headers(), time.now()));
  }

  private static String reason(RawResponse response, String from) {
    return from + " responded with " + response.status() + Excerpt.ofError(response.body());
  }
}
