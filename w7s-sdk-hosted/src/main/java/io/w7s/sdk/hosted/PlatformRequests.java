package io.w7s.sdk.hosted;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.text.PercentEncoding;
import io.w7s.sdk.internal.wire.ControlResults;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.okhttp.Exchange;
import io.w7s.sdk.okhttp.HttpOperation;
import io.w7s.sdk.okhttp.Requests;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.util.function.Function;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Turns each operation into a request to the platform, and sends nothing itself. Thread-safe. */
final class PlatformRequests implements Operation.Visitor<HttpOperation<?>> {

  private static final int UNSUPPORTED = 501;

  private final Endpoint endpoint;
  private final PlatformResponses responses;
  private final @Nullable AppId eventRouter;

  /**
   * Creates requests to an endpoint.
   *
   * @param eventRouter the app that routes events; null when the platform does
   */
  PlatformRequests(Endpoint endpoint, PlatformResponses responses, @Nullable AppId eventRouter) {
    this.endpoint = endpoint;
    this.responses = responses;
    this.eventRouter = eventRouter;
  }

  @Override
  public HttpOperation<RawResponse> rpc(RpcCall call) {
    String objection = Requests.objection(call);
    return objection != null
        ? HttpOperation.refused(call, UNSUPPORTED, objection)
        : exchange(
            call,
            Token.RPC,
            endpoint.url(rpcPath(call.app(), call.path()), call.query()),
            url -> Requests.rpc(call, url, Headers.none()),
            responses::rpc);
  }

  @Override
  public HttpOperation<SendReceipt> queueSend(QueueSend send) {
    Headers headers =
        send.delay().isZero()
            ? Headers.none()
            : Headers.of("x-w7s-queue-delay-seconds", String.valueOf(send.delay().toSeconds()));
    return exchange(
        send,
        Token.QUEUE,
        endpoint.url("/api/v1/queues/" + send.app() + segment(send.queue()), ""),
        url -> Requests.post(url, headers, send.body()),
        (response, from) ->
            responses.control(response, from, data -> ControlResults.sent(send, data)));
  }

  @Override
  public HttpOperation<PublishReceipt> eventPublish(EventPublish publish) {
    byte[] json = EventMessage.of(publish).toJson();
    Function<HttpUrl, Request.Builder> post = url -> Requests.post(url, Headers.none(), json);
    return eventRouter == null
        ? exchange(
            publish,
            Token.EVENTS,
            endpoint.url("/api/v1/events/" + publish.source(), ""),
            post,
            (response, from) -> responses.event(publish, response, from))
        : exchange(
            publish,
            Token.RPC,
            endpoint.url(rpcPath(eventRouter, "/publish"), ""),
            post,
            (response, from) -> responses.routed(publish, response, from));
  }

  @Override
  public HttpOperation<WorkflowInstance> workflowStart(WorkflowStart start) {
    String id = start.instanceId();
    Headers headers = id == null ? Headers.none() : Headers.of("x-w7s-workflow-instance-id", id);
    return exchange(
        start,
        Token.WORKFLOW,
        endpoint.url(workflowPath(start.app(), start.workflow()), ""),
        url -> Requests.post(url, headers, start.payload()),
        responses::instance);
  }

  @Override
  public HttpOperation<WorkflowInstance> workflowQuery(WorkflowQuery query) {
    String path = workflowPath(query.app(), query.workflow()) + segment(query.instanceId());
    return exchange(
        query,
        Token.WORKFLOW,
        endpoint.url(path, ""),
        url -> Requests.get(url, Headers.none()),
        responses::instance);
  }

  private static String rpcPath(AppId app, String path) {
    return "/api/v1/rpc/" + app.owner() + "/" + app.repo() + path;
  }

  private static String workflowPath(AppId app, String workflow) {
    return "/api/v1/workflows/" + app + segment(workflow);
  }

  private static String segment(String text) {
    return "/" + PercentEncoding.component(text);
  }

  /** Turns a response into an outcome. */
  private interface Reader<R> {
    Outcome<R> read(RawResponse response, ResponseOrigin from);
  }

  private <R> HttpOperation<R> exchange(
      Operation<R> operation,
      Token kind,
      @Nullable HttpUrl url,
      Function<HttpUrl, Request.Builder> request,
      Reader<R> reader) {
    if (url == null) {
      return HttpOperation.refused(operation, UNSUPPORTED, Requests.CHANGED_ON_THE_WAY);
    }
    Request http = endpoint.request(kind, request.apply(url));
    var origin = new ResponseOrigin(endpoint.name(), http);
    return new Exchange<>(
        operation, http, endpoint.name(), response -> read(response, origin, reader));
  }

  private <R> Outcome<R> read(RawResponse response, ResponseOrigin from, Reader<R> reader) {
    Outcome<R> withoutPlatform = endpoint.withoutPlatform(response, from);
    return withoutPlatform == null ? reader.read(response, from) : withoutPlatform;
  }
}
