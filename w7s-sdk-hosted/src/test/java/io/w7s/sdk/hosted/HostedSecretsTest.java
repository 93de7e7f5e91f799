package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.internal.text.OneLine;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.retry.RetryPolicy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A server that repeats the secrets of a call, wherever a response has room for text. */
@Timeout(60)
class HostedSecretsTest {

  private static final String TOKEN = "t0k3n/Zx81+Qw77=9A~Lm5";
  private static final String COOKIE = "c00k1e-Rt55-Yh62";

  /** A shorter piece of a secret is not one any more. */
  private static final int PIECE = 12;

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger sdk = (Logger) LoggerFactory.getLogger("io.w7s.sdk");
  private final Level before = sdk.getLevel();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listenToEverything() {
    sdk.setLevel(Level.TRACE);
    log.start();
    root.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    root.detachAppender(log);
    sdk.setLevel(before);
  }

  private static Stream<String> formsOf(String secret) {
    String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    return Stream.of(
        secret,
        url,
        URLEncoder.encode(url, StandardCharsets.UTF_8),
        base64(secret),
        base64("Bearer " + secret),
        base64("sid=" + secret + "; a=b"),
        secret.replace("/", "\\/"),
        secret.chars().mapToObj("\\u%04x"::formatted).collect(Collectors.joining()));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String json(int status, String headers, String body) {
    return Shop.answer(status, "content-type: application/json\r\n" + headers, body);
  }

  private static Stream<String> responsesWith(String text) {
    String forged = text.startsWith("\\") ? "" : "\\r\\nFORGED \\u2028FORGED \\u001b[31m";
    String event =
        "{\"deliveries\":[{\"repository\":\"acme/mail\",\"queue\":\"q\",\"status\":\"failed\","
            + "\"error\":\"TEXT\"}]}";
    String instance = "{\"instance\":{\"id\":\"i1\",\"status\":{\"status\":\"STATE\"}}}";
    return Stream.of(
            json(401, "", Shop.error("bad token <TEXT>" + forged)),
            json(500, "", Shop.error("x".repeat(480) + " TEXT")),
            json(500, "", Shop.error("x".repeat(1015) + " TEXT")),
            json(500, "", "{\"ok\":false,\"error\":\"" + "x".repeat(490) + "TEXT\"}"),
            json(
                429,
                "retry-after: 3\r\n",
                "{\"status\":\"error\",\"error\":\"slow down\",\"details\":{\"rateLimit\":"
                    + "{\"TEXT\":[\"TEXT\"]}}}"),
            json(200, "", Shop.success("{\"enqueuedAt\":\"TEXT\",\"instance\":\"TEXT\"}")),
            json(200, "", Shop.success("{\"enqueuedAt\":\"" + "x".repeat(30) + "TEXT\"}")),
            json(200, "", Shop.success("{\"TEXT")),
            json(200, "", Shop.success(event)),
            json(200, "", Shop.success(instance.replace("STATE", "errored\",\"error\":\"TEXT"))),
            json(200, "", Shop.success(instance.replace("STATE", "TEXT"))),
            json(404, "x-echo: TEXT\r\n", "{\"error\":\"TEXT\"}"),
            Shop.answer(502, "", "<html>" + "x".repeat(180) + "TEXT\r\nFORGED</html>"),
            Shop.answer(502, "", "TEXT" + "y".repeat(2_000_000)),
            Shop.answer(200, "content-type: text/html\r\n", "<html>TEXT</html>"),
            Shop.answer(200, "x-request-id: TEXT\r\n", "TEXT"),
            "HTTP/1.1 TEXT\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: TEXT\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: TEXT\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nTEXT\r\n",
            "HTTP/1.1 200 OK\r\nname of TEXT: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 30\r\n\r\n"
                + (text + "x".repeat(30)).substring(0, 30))
        .map(response -> withText(response, text));
  }

  /** Inserts the text, and corrects the length of the body. */
  private static String withText(String response, String text) {
    String whole = response.replace("TEXT", text);
    int body = whole.indexOf("\r\n\r\n") + 4;
    return whole.replaceFirst(
        "content-length: [0-9]+", "content-length: " + (whole.length() - body));
  }

  static Stream<Arguments> echoes() {
    return Stream.of(TOKEN, COOKIE)
        .flatMap(
            secret ->
                formsOf(secret)
                    .flatMap(
                        form ->
                            responsesWith(form)
                                .map(response -> Arguments.of(secret, form, response))));
  }

  private static W7s w7s(URI platform) {
    W7sConfig config =
        Shop.config(platform)
            .token(Token.RPC, TOKEN)
            .token(Token.QUEUE, TOKEN)
            .token(Token.WORKFLOW, TOKEN)
            .token(Token.EVENTS, TOKEN)
            .build();
    return W7s.builder(config)
        .options(call -> call.retry(RetryPolicy.none()).timeout(Duration.ofSeconds(20)))
        .build();
  }

  /** The failures of the calls that have the secret; only an RPC has a cookie. */
  private static List<Throwable> failures(W7s w7s, String secret) {
    var rpc = w7s.rpc().with(call -> call.header("cookie", "sid=" + COOKIE));
    var failures = new ArrayList<Throwable>();
    failures.add(catchThrowable(() -> rpc.call(Shop.SESSION)));
    failures.add(catchThrowable(() -> rpc.stream(Shop.SESSION).close()));
    failures.add(catchThrowable(() -> rpc.callAsync(Shop.SESSION).get()));
    if (secret.equals(TOKEN)) {
      failures.add(catchThrowable(() -> w7s.queues().send(Shop.JOBS, Shop.JOB)));
      failures.add(
          catchThrowable(
              () -> {
                var receipt = w7s.events().publish(Shop.CREATED, "x");
                throw new AssertionError(receipt.toString());
              }));
      failures.add(catchThrowable(() -> w7s.workflows().start(Shop.CHECKOUT, "x")));
      var handle = w7s.workflows().handle(Shop.CHECKOUT, "i1");
      failures.add(catchThrowable(handle::status));
      failures.add(catchThrowable(() -> handle.await(Duration.ofSeconds(1))));
    }
    return failures;
  }

  private static String shown(Throwable failure) {
    var text = new StringWriter();
    var out = new PrintWriter(text);
    failure.printStackTrace(out);
    if (failure instanceof StatusException refused) {
      out.println(refused.platformMessage() + refused.details());
    }
    if (failure instanceof RpcFailedException failed) {
      out.println(OneLine.of(failed.body(), Integer.MAX_VALUE)); // the target's lines are its own
    }
    return text.toString();
  }

  @ParameterizedTest
  @MethodSource("echoes")
  void noExceptionAndNoLogLineHoldsIt(String secret, String form, String response)
      throws Exception {
    var shown = new StringBuilder();
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send(response);
                });
        W7s w7s = w7s(platform.url(""))) {
      for (Throwable failure : failures(w7s, secret)) {
        if (failure != null) {
          assertThat(String.valueOf(failure.getMessage())).doesNotContainPattern("\\p{Cntrl}");
          shown.append(shown(failure));
        }
      }
    }
    assertThat(log.list).isNotEmpty();
    log.list.forEach(event -> shown.append(event.getFormattedMessage()).append('\n'));

    assertNoPieceOf(secret, PIECE, shown.toString());
    assertNoPieceOf(form, PIECE * form.length() / secret.length(), shown.toString());
    assertThat(shown.toString().split("\\R|\u2028"))
        .as("a line that the server made up")
        .noneMatch(line -> line.startsWith("FORGED"));
  }

  private static void assertNoPieceOf(String secret, int length, String text) {
    for (int i = 0; i + length <= secret.length(); i++) {
      assertThat(text).doesNotContain(secret.substring(i, i + length));
    }
  }
}
