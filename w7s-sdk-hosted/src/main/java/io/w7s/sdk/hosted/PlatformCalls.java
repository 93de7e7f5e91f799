package io.w7s.sdk.hosted;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.ControlData;
import io.w7s.sdk.internal.EventMessage;
import io.w7s.sdk.internal.JsonSlice;
import io.w7s.sdk.internal.PercentEncoding;
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
import io.w7s.sdk.workflow.WorkflowInstance;
import java.util.function.Function;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Each operation as a request to the platform. It sends nothing. Thread-safe. */
final class PlatformCalls implements HttpTransport.Steps {

  private static final int UNSUPPORTED = 501;

  private final Endpoint endpoint;
  private final PlatformAnswers answers;
  private final @Nullable AppId eventRouter;

  /**
   * Addresses an endpoint.
   *
   * @param eventRouter the app that routes events; null where the platform does
   */
  PlatformCalls(Endpoint endpoint, PlatformAnswers answers, @Nullable AppId eventRouter) {
    this.endpoint = endpoint;
    this.answers = answers;
    this.eventRouter = eventRouter;
  }

  @Override
  @SuppressWarnings("unchecked") // each kind of operation says itself what it results in
  public <R> Step<R> of(Operation<R> operation) {
    if (operation instanceof RpcCall call) {
      return (Step<R>) rpc(call);
    }
    if (operation instanceof QueueSend send) {
      return (Step<R>) queue(send);
    }
    if (operation instanceof EventPublish publish) {
      return (Step<R>) (eventRouter == null ? event(publish) : routed(publish, eventRouter));
    }
    if (operation instanceof WorkflowStart start) {
      return (Step<R>) workflow(start);
    }
    return (Step<R>) instance((WorkflowQuery) operation);
  }

  private Step<RpcAnswer> rpc(RpcCall call) {
    String objection = Requests.objection(call);
    return objection != null
        ? Step.refused(UNSUPPORTED, objection)
        : exchange(
            call,
            Token.RPC,
            "/api/v1/rpc/" + call.app() + call.path(),
            call.query(),
            url -> Requests.rpc(call, url, Headers.none()),
            (answer, from) -> answers.rpc(answer));
  }

  private Step<SendReceipt> queue(QueueSend send) {
    Headers headers =
        send.delay().isZero()
            ? send.headers()
            : send.headers().with("x-w7s-queue-delay-seconds", "" + send.delay().toSeconds());
    return exchange(
        send,
        Token.QUEUE,
        "/api/v1/queues/" + send.app() + "/" + PercentEncoding.component(send.queue()),
        "",
        url -> Requests.post(url, headers, send.body()),
        (answer, from) -> answers.control(answer, from, data -> ControlData.sent(send, data)));
  }

  private Step<PublishReceipt> event(EventPublish publish) {
    // the platform takes the source from the token
    byte[] json = message(publish, null);
    return exchange(
        publish,
        Token.EVENTS,
        "/api/v1/events/" + publish.source(),
        "",
        url -> Requests.post(url, publish.headers(), json),
        (answer, from) -> answers.event(publish, answer, from));
  }

  private Step<PublishReceipt> routed(EventPublish publish, AppId router) {
    byte[] json = message(publish, publish.source());
    return exchange(
        publish,
        Token.RPC,
        "/api/v1/rpc/" + router + "/publish",
        "",
        url -> Requests.post(url, publish.headers(), json),
        (answer, from) -> answers.routed(publish, answer, "event router " + router));
  }

  private static byte[] message(EventPublish publish, @Nullable AppId source) {
    return new EventMessage(
            publish.id(),
            publish.subject(),
            source == null ? null : source.toString(),
            publish.time(),
            JsonSlice.of(publish.data()))
        .toJson();
  }

  private Step<WorkflowInstance> workflow(WorkflowStart start) {
    String id = start.instanceId();
    Headers headers =
        id == null ? start.headers() : start.headers().with("x-w7s-workflow-instance-id", id);
    return exchange(
        start,
        Token.WORKFLOW,
        path(start.app(), start.workflow()),
        "",
        url -> Requests.post(url, headers, start.payload()),
        (answer, from) -> answers.control(answer, from, ControlData::instance));
  }

  private Step<WorkflowInstance> instance(WorkflowQuery query) {
    return exchange(
        query,
        Token.WORKFLOW,
        path(query.app(), query.workflow()) + "/" + PercentEncoding.component(query.instanceId()),
        "",
        url -> Requests.get(url, query.headers()),
        (answer, from) -> answers.control(answer, from, ControlData::instance));
  }

  private static String path(AppId app, String workflow) {
    return "/api/v1/workflows/" + app + "/" + PercentEncoding.component(workflow);
  }

  /** Reads an answer, and names where it came from in a message. */
  private interface Reader<R> {
    Answer<R> read(RpcAnswer answer, String from);
  }

  private <R> Step<R> exchange(
      Operation<R> operation,
      Token kind,
      String path,
      String query,
      Function<HttpUrl, Request> request,
      Reader<R> reader) {
    HttpUrl url = endpoint.url(path, query);
    if (url == null) {
      return Step.refused(UNSUPPORTED, Requests.CHANGED_ON_THE_WAY);
    }
    return new Exchange<>(
        operation,
        endpoint.signed(kind, request.apply(url)),
        "the platform",
        answer -> reader.read(answer, Exchange.shown("the platform", url)));
  }
}
