package io.w7s.sdk.hosted;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcClient;
import io.w7s.sdk.rpc.RpcRef;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What the log says of each attempt, and what it never says. */
@Timeout(60)
class HostedLogTest {

  private static final List<String> TOKENS =
      List.of("canary-rpc-1111", "canary-queue-2222", "canary-workflow-3333", "canary-event-4444");
  private static final String COOKIE = "canary-cookie-5555";
  private static final String API_KEY = "canary-apikey-6666";
  private static final String QUERY = "canary-query-7777";
  private static final String BODY = "canary-body-8888";
  private static final String SET_COOKIE = "canary-setcookie-9999";

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger http = (Logger) LoggerFactory.getLogger("io.w7s.sdk.http");
  private final Level before = http.getLevel();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    root.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    root.detachAppender(log);
    http.setLevel(before);
  }

  private String logged() {
    return String.join("\n", log.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }

  private List<String> lines(Level level) {
    return log.list.stream()
        .filter(event -> event.getLoggerName().equals("io.w7s.sdk.http"))
        .filter(event -> event.getLevel().equals(level))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private static W7sConfig config(URI platform) {
    return Shop.config(platform)
        .token(Token.RPC, TOKENS.get(0))
        .token(Token.QUEUE, TOKENS.get(1))
        .token(Token.WORKFLOW, TOKENS.get(2))
        .token(Token.EVENTS, TOKENS.get(3))
        .build();
  }

  private static W7s w7s(URI platform) {
    return W7s.builder(config(platform)).options(call -> call.retry(RetryPolicy.none())).build();
  }

  private static RpcClient rpc(W7s w7s) {
    return w7s.rpc()
        .with(
            call ->
                call.query("q", QUERY)
                    .header("cookie", "sid=" + COOKIE)
                    .header("x-api-key", API_KEY));
  }

  @Test
  void traceDoesNotReadTheStreamOfARequest() throws Exception {
    http.setLevel(Level.TRACE);
    RpcRef<RawBody, Void> upload =
        AppRef.of("acme/worker").post("/upload", RawBody.class, Void.class);
    var stream = new ByteArrayInputStream(BODY.getBytes(UTF_8));
    try (RawServer platform = RawServer.answering(RawServer.ok(""));
        W7s w7s = w7s(platform.url(""))) {
      w7s.rpc().call(upload, RawBody.once("a/b", stream));

      assertThat(platform.requests().get(0).header("transfer-encoding")).isEqualTo("chunked");
    }
    assertThat(logged()).contains("(a stream)").doesNotContain(BODY);
  }

  /** Calls everything there is; what fails is shown as a log would show it. */
  private static String calls(W7s w7s) {
    var shown = new StringWriter();
    var out = new PrintWriter(shown);
    out.println(w7s);
    for (Throwable failure :
        new Throwable[] {
          catchThrowable(() -> out.println(rpc(w7s).exchange(Shop.LOGIN, BODY))),
          catchThrowable(() -> out.println(rpc(w7s).call(Shop.LOGIN, BODY))),
          catchThrowable(() -> rpc(w7s).callAsync(Shop.LOGIN, BODY).get()),
          catchThrowable(() -> w7s.queues().send(Shop.JOBS, Map.of("id", BODY))),
          catchThrowable(() -> w7s.events().publish(Shop.CREATED, BODY)),
          catchThrowable(() -> w7s.workflows().start(Shop.CHECKOUT, BODY)),
          catchThrowable(() -> w7s.workflows().handle(Shop.CHECKOUT, "i1").status()),
        }) {
      if (failure != null) {
        failure.printStackTrace(out);
      }
    }
    return shown.toString();
  }

  /** Answers with what it was sent, as a debugging page of a proxy may. */
  private static RawServer echoing(String status) {
    return RawServer.serving(
        connection -> {
          while (true) {
            RawServer.Request request = connection.request();
            String body =
                "seen: " + request.header("authorization") + " " + request.header("cookie");
            connection.send(
                "HTTP/1.1 "
                    + status
                    + " x\r\nset-cookie: s="
                    + SET_COOKIE
                    + "\r\n"
                    + "content-length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body);
          }
        });
  }

  @Test
  void noSecretIsInAnyLogLineOrMessageWhateverTheLevel() throws Exception {
    http.setLevel(Level.TRACE);
    var shown = new StringBuilder();
    for (String status : new String[] {"200", "502"}) {
      try (RawServer platform = echoing(status);
          W7s w7s = w7s(platform.url(""))) {
        shown.append(calls(w7s)).append(config(platform.url("")));
      }
    }
    URI closed = ClosedPort.url("");
    try (W7s w7s = w7s(closed)) {
      String unreachable = calls(w7s);
      assertThat(unreachable).contains("is not reachable").doesNotContain("canary");
      shown.append(unreachable);
    }

    assertThat(lines(Level.TRACE)).as("there is something to look at").hasSizeGreaterThan(20);
    for (String secret : List.of(COOKIE, API_KEY, QUERY, SET_COOKIE)) {
      assertThat(logged()).doesNotContain(secret);
    }
    for (String secret : TOKENS) {
      assertThat(logged() + shown).doesNotContain(secret);
    }
    for (String secret : List.of(API_KEY, QUERY, BODY, SET_COOKIE)) {
      assertThat(shown).doesNotContain(secret);
    }
    assertThat(logged()).as("TRACE shows bodies, as it says").contains(BODY);
  }

  @Test
  void atDebugThereIsNoBodyEither() throws Exception {
    http.setLevel(Level.DEBUG);
    try (RawServer platform = echoing("200");
        W7s w7s = w7s(platform.url(""))) {
      calls(w7s);
    }

    assertThat(lines(Level.DEBUG)).hasSize(7);
    assertThat(logged()).doesNotContain("canary");
  }

  @Test
  void anAttemptIsOneLineWithOperationTargetStatusTimeAndThePlatformsId() throws Exception {
    http.setLevel(Level.DEBUG);
    try (RawServer platform =
            RawServer.answering(Shop.answer(200, "cf-ray: 8f3a-PRG\r\n", Shop.sent()));
        W7s w7s = w7s(platform.url(""))) {
      w7s.queues().send(Shop.JOBS, Shop.JOB);
    }

    assertThat(lines(Level.DEBUG))
        .singleElement()
        .asString()
        .matches("queue send to acme/worker/jobs: 200 in \\d+ ms, request 8f3a-PRG");
  }

  @Test
  void anAttemptWithoutResponseIsOneLineThatSaysWhatIsKnown() {
    http.setLevel(Level.DEBUG);
    try (W7s w7s = w7s(ClosedPort.url(""))) {
      assertThat(catchThrowable(() -> w7s.queues().send(Shop.JOBS, Shop.JOB))).isNotNull();
    }

    assertThat(lines(Level.DEBUG))
        .singleElement()
        .asString()
        .startsWith("queue send to acme/worker/jobs: no response in ")
        .contains("BROKEN, not delivered: the platform at http://127.0.0.1:");
  }

  @Test
  void aBodyIsShownUpToOneKiBOnOneLine() throws Exception {
    http.setLevel(Level.TRACE);
    try (RawServer platform = RawServer.answering(RawServer.ok(Shop.sent()));
        W7s w7s = w7s(platform.url(""))) {
      w7s.queues().send(Shop.JOBS, Map.of("pad", "x".repeat(5000)));
    }

    String sent = lines(Level.TRACE).get(0);
    assertThat(sent)
        .contains("queue send to acme/worker/jobs: POST")
        .contains("\n  authorization: [hidden]")
        .contains("\n  content-type: application/json")
        .contains("(5010 bytes) {\"pad\":\"" + "x".repeat(1016));
    assertThat(sent).doesNotContain("x".repeat(1017));
  }
}
