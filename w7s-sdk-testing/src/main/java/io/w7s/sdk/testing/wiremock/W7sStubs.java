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
 * WireMock stubs of the platform's HTTP API, to test code that calls it over HTTP. Each method
 * matches the calls of one kind, with any bearer token. {@link W7sResponses} has the platform's
 * responses. For a server that keeps the platform's rules, use {@link
 * io.w7s.sdk.testing.EmulatorServer}.
 *
 * <pre>{@code
 * wireMock.stubFor(W7sStubs.send(JOBS).willReturn(W7sResponses.enqueued(JOBS, now)));
 * wireMock.stubFor(W7sStubs.send(JOBS).willReturn(
 *     W7sResponses.limited("acme/shop", Metric.QUEUE_SEND, ofSeconds(30))));
 * }</pre>
 *
 * <p>References must name their app. WireMock must be on the class path, as {@code
 * wiremock-standalone}.
 */
@SuppressWarnings("exports") // WireMock is not a module; see module-info
public final class W7sStubs {

  private W7sStubs() {}

  /** Matches calls of a route. A path variable matches any one segment. */
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

  /** Matches sends to a queue. */
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

  /** Matches status queries of an instance of a workflow. */
  public static MappingBuilder status(WorkflowRef<?, ?> workflow, String instanceId) {
    return authorized(get(urlPathEqualTo(path(workflow) + "/" + instanceId)));
  }

  /** Matches every call of the API, with or without a token. */
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
