package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.w7s.sdk.Headers;
import io.w7s.sdk.rpc.RpcRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that try to forge log lines, to fill the log, or to take very long. */
class HostileRequestTest extends AppRequests {

  private static final String FORGED = "m1\r\n12:00:00 ERROR FORGED\u2028\u0085\u001b[31m\u202e";
  private static final String HUGE = "x".repeat(1_000_000);

  /** Every text of the app about what went wrong: the log, the response, the failures. */
  private final List<String> texts = new ArrayList<>();

  @AfterEach
  void checkTexts() {
    for (ILoggingEvent event : log.list) {
      texts.add(event.getFormattedMessage());
    }
    assertThat(texts).isNotEmpty();
    assertThat(texts)
        .allSatisfy(
            text -> {
              assertThat(text).hasSizeLessThan(5_000);
              assertThat(text.chars())
                  .as(text)
                  .noneMatch(
                      c ->
                          Character.isISOControl(c)
                              || Character.getType(c) == Character.FORMAT
                              || c == 0x2028
                              || c == 0x2029);
            });
  }

  private void tell(AppResponse response) {
    texts.add(text(response));
    response.failures().forEach(failure -> texts.add(failure.toString()));
  }

  private static W7sApp failing() {
    return worker()
        .on(
            JOBS,
            message -> {
              throw new IllegalStateException("no " + message);
            })
        .on(
            CREATED,
            "events",
            event -> {
              throw new IllegalStateException("no " + event);
            })
        .on(
            SYNC,
            run -> {
              throw new IllegalStateException("no " + run);
            })
        .on(
            CHECKOUT,
            run -> {
              throw new IllegalStateException("no " + run);
            })
        .on(
            TOTAL,
            request -> {
              throw new IllegalStateException("no " + request);
            })
        .build();
  }

  static Stream<String> hostileTexts() {
    return Stream.of(FORGED, HUGE, FORGED.repeat(50_000));
  }

  @ParameterizedTest
  @MethodSource("hostileTexts")
  void boundsAndEscapesIdsAndNames(String hostile) {
    W7sApp app = failing();

    tell(deliverJobs(app, message(hostile, 1, "{\"type\":\"a\"}"), message(hostile, 2, "[]")));
    tell(deliverJobs(app, message(hostile, 1, "[]")));
    tell(
        deliverJobs(
            app,
            "{\"id\":" + io.w7s.sdk.internal.json.JsonValues.write(hostile) + ",\"caller\":1}"));
    tell(deliverEvents(app, message(hostile, 1, event(hostile, "{\"orderId\":\"o1\"}"))));
    tell(deliverEvents(app, message(hostile, 1, event("orders.created", "{\"orderId\":\"o1\"}"))));
    tell(deliverEvents(app, message(hostile, 1, event("orders.created", "[]"))));
    tell(post(app, "/_w7s/schedules/sync", scheduledRun(hostile)));
    tell(post(app, "/_w7s/workflows/checkout", workflowRun(hostile)));
    assertThat(log.list).hasSizeGreaterThanOrEqualTo(8);
  }

  @ParameterizedTest
  @MethodSource("hostileTexts")
  void boundsAndEscapesPathsAndMethods(String hostile) {
    W7sApp app = failing();

    tell(post(app, "/totals/" + hostile, "{"));
    tell(post(app, "/totals/" + hostile, "{\"orderId\":\"o1\"}"));
    tell(post(app, "/" + hostile, "{}"));
    tell(send(app, hostile, "/totals/eur", "", Headers.none(), "{}"));
    tell(send(app, "POST", "/totals/eur", hostile + "=%zz", Headers.none(), "{}"));
    texts.add(
        new AppRequest(hostile, "/" + hostile, hostile, Headers.none(), new byte[0]).toString());
  }

  @ParameterizedTest
  @MethodSource("hostileTexts")
  void boundsAndEscapesTheMessagesOfExceptions(String hostile) {
    W7sApp app =
        worker()
            .on(
                JOBS,
                message -> {
                  throw new IllegalStateException(hostile, new Exception(hostile));
                })
            .build();

    tell(deliverJobs(app, message("m1", 1, "{\"type\":\"a\"}")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-w7s-rpc-caller-owner",
        "x-w7s-rpc-caller-repo",
        "x-w7s-rpc-caller-environment",
        "x-w7s-queue-caller-repository",
        "x-w7s-queue-environment",
        "content-type",
        "traceparent"
      })
  void readsOddValuesOfHeaders(String name) {
    W7sApp app =
        worker()
            .intercept(HandlerInvocation::proceed)
            .on(JOBS, message -> {})
            .on(TOTAL, request -> new Total(1))
            .build();

    for (String value : List.of("", " ", "/", "%", "-", "é", "a/b/c", "🙈", "\ud800", HUGE)) {
      Headers headers =
          Headers.of("x-w7s-rpc", "1")
              .with("x-w7s-rpc-caller-owner", "acme")
              .with("x-w7s-rpc-caller-repo", "shop")
              .with(name, value);
      AppResponse answer = send(app, "POST", "/totals/eur", "", headers, "{\"orderId\":\"o1\"}");
      assertThat(answer.status()).as(name).isIn(200, 400);
      tell(answer);
      AppResponse delivered =
          send(
              app,
              "POST",
              "/_w7s/queues/jobs",
              "",
              Headers.of(name, value),
              delivery(message("m1", 1, "null")));
      assertThat(delivered.status()).as(name).isIn(200, 415);
      tell(delivered);
    }
  }

  static Stream<String> longPaths() {
    return Stream.of(
        "/totals/" + "x".repeat(100_000),
        "/totals/" + "%41".repeat(33_000),
        "/totals/" + "%".repeat(100_000),
        "/totals" + "/x".repeat(50_000),
        "/".repeat(100_000),
        "/" + "é".repeat(100_000),
        "/" + "{a}".repeat(30_000));
  }

  @ParameterizedTest
  @MethodSource("longPaths")
  void respondsToAPathOf100_000Characters(String path) {
    W7sApp.Builder builder = worker().on(TOTAL, request -> new Total(1));
    for (int i = 0; i < 200; i++) {
      builder.on(WORKER_APP.get("/r" + i + "/{a}/{b}", Total.class), request -> new Total(2));
    }
    W7sApp app = builder.build();

    for (int i = 0; i < 50; i++) {
      AppResponse response = post(app, path, "{\"orderId\":\"o1\"}");
      assertThat(response.status()).isIn(200, 400, 404);
      tell(response);
    }
  }

  @Test
  void readsAQueryOf100_000Parameters() {
    var seen = new ArrayList<RpcRequest<Order>>();
    W7sApp app =
        worker()
            .on(
                TOTAL,
                request -> {
                  seen.add(request);
                  return new Total(1);
                })
            .build();

    for (Function<Integer, String> parameter :
        List.<Function<Integer, String>>of(
            i -> "p" + i + "=" + i, i -> "same=" + i, i -> "%41%20" + i, i -> "")) {
      String query =
          IntStream.range(0, 100_000).mapToObj(parameter::apply).collect(Collectors.joining("&"));
      AppResponse response =
          send(app, "POST", "/totals/eur", query, Headers.none(), "{\"orderId\":\"o1\"}");
      assertThat(response.status()).isEqualTo(200);
      tell(response);
    }

    assertThat(seen.get(0).query()).hasSize(100_000).containsEntry("p7", List.of("7"));
    assertThat(seen.get(1).query()).containsOnlyKeys("same");
    assertThat(seen.get(1).query().get("same")).hasSize(100_000);
    assertThat(seen.get(3).query()).isEqualTo(Map.of());
  }

  @Test
  void readsARequestWith100_000ValuesOfAHeader() {
    var headers = Headers.builder();
    for (int i = 0; i < 100_000; i++) {
      headers.add("x-many", "v" + i);
    }
    W7sApp app =
        worker().on(TOTAL, request -> new Total(request.headers().all("x-many").size())).build();

    AppResponse response =
        send(app, "POST", "/totals/eur", "", headers.build(), "{\"orderId\":\"o1\"}");

    assertThat(text(response)).isEqualTo("{\"amount\":100000}");
    tell(response);
  }
}
