package io.w7s.sdk.testing.wiremock;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.request;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;

import com.github.tomakehurst.wiremock.client.MappingBuilder;
import io.w7s.sdk.AppId;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.workflow.WorkflowRef;
import java.util.regex.Pattern;

/**
 * Stubs of the platform's HTTP API, for those who test what they have built on HTTP themselves.
 * Each method matches the calls of one kind, made with any bearer token; {@link W7sAnswers} has
 * what the platform answers to them. Who wants a platform that keeps its own rules is better served
 * by {@link io.w7s.sdk.testing.EmulatorServer}.
 *
 * <pre>{@code
 * wireMock.stubFor(W7sStubs.send(JOBS).willReturn(W7sAnswers.enqueued(JOBS, now)));
 * wireMock.stubFor(W7sStubs.send(JOBS).willReturn(
 *     W7sAnswers.limited("acme/shop", Metric.QUEUE_SEND, ofSeconds(30))));
 * }</pre>
 *
 * <p>References have to name their app. WireMock has to be on the class path, as {@code
 * wiremock-standalone}.
 */
@SuppressWarnings("exports") // WireMock is no module; see this one's declaration
public final class W7sStubs {

  private W7sStubs() {}

  /** Matches calls of a route. A variable of its path stands for any one segment. */
  public static MappingBuilder rpc(RpcRef<?, ?> route) {
    String path = "/api/v1/rpc/" + route.app() + route.path();
    boolean variable = path.indexOf('{') >= 0;
    return authorized(
        request(route.method(), variable ? urlPathMatching(pattern(path)) : urlPathEqualTo(path)));
  }

  private static String pattern(String path) {
    return Pattern.compile("\\{[^}]*}")
        .splitAsStream(path)
        .map(Pattern::quote)
        .reduce((before, after) -> before + "[^/]+" + after)
        .orElse("")
        .concat(path.endsWith("}") ? "[^/]+" : "");
  }

  /** Matches messages to a queue. */
  public static MappingBuilder send(QueueRef<?> queue) {
    return authorized(post(urlPathEqualTo("/api/v1/queues/" + queue.app() + "/" + queue.name())));
  }

  /**
   * Matches events that an app publishes.
   *
   * @param app {@code owner/repo}
   */
  public static MappingBuilder publish(String app) {
    return authorized(post(urlPathEqualTo("/api/v1/events/" + AppId.parse(app))));
  }

  /** Matches starts of a workflow. */
  public static MappingBuilder start(WorkflowRef<?, ?> workflow) {
    return authorized(post(urlPathEqualTo(path(workflow))));
  }

  /** Matches questions how an instance of a workflow is doing. */
  public static MappingBuilder status(WorkflowRef<?, ?> workflow, String instanceId) {
    return authorized(get(urlPathEqualTo(path(workflow) + "/" + instanceId)));
  }

  /** Matches every call of the API, with a token or without. */
  public static MappingBuilder everything() {
    return any(urlPathMatching("/api/v1/.*"));
  }

  private static String path(WorkflowRef<?, ?> workflow) {
    return "/api/v1/workflows/" + workflow.app() + "/" + workflow.name();
  }

  private static MappingBuilder authorized(MappingBuilder call) {
    return call.withHeader("authorization", matching("(?i)bearer \\S+"));
  }
}
