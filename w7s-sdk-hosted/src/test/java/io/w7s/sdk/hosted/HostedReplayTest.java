package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.RawBody;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.conformance.Recordings;
import io.w7s.sdk.emulator.conformance.GivenPlatform;
import io.w7s.sdk.emulator.conformance.Recorded;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.testing.EmulatorServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * What the platform was recorded doing, end to end: an operation goes through the hosted transport,
 * OkHttp and a socket to the emulator's control plane, and what reaches apps, queues and workflows
 * is what was recorded. What no operation can say, such as a call without a token, is sent as bare
 * HTTP over the same socket.
 */
class HostedReplayTest {

  private static final CallContext CONTEXT = new CallContext(1, Duration.ofSeconds(30));
  private static final Pattern TOKEN = Pattern.compile("Bearer (\\S+)");
  private static final Pattern QUEUE = Pattern.compile("/api/v1/queues/([^/]+)/([^/]+)/([^/]+)");
  private static final Pattern RPC =
      Pattern.compile("/api/v1/rpc/([^/?]+)/([^/?]+)(/[^?]*)?(?:\\?(.*))?");
  private static final Pattern WORKFLOW =
      Pattern.compile("/api/v1/workflows/([^/]+)/([^/]+)/([^/]+)(?:/([^/]+))?");

  /** The recorder's store answered for ids that were never created. */
  private static final Set<String> UNKNOWN_INSTANCE =
      Set.of("workflow/status-queued", "workflow/status-id-case");

  private static final OkHttpClient BARE = new OkHttpClient();

  private static int asOperations;
  private static int asBareHttp;

  static Stream<Arguments> recordings() {
    return Stream.of("rpc", "queue", "workflow")
        .flatMap(file -> Recordings.load(file + ".json").stream())
        .map(recorded -> Arguments.of(recorded.path("name").stringValue(), recorded));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("recordings")
  void whatArrivesIsWhatWasRecorded(String name, JsonNode recorded) throws IOException {
    var given = new GivenPlatform(recorded.path("given"));
    try (EmulatorServer server = EmulatorServer.start(given.platform)) {
      for (JsonNode step : recorded.path("steps")) {
        given.clear();
        JsonNode request = step.path("when").path("request");
        JsonNode then = step.path("then");
        Operation<?> operation = operation(request);
        int expected = UNKNOWN_INSTANCE.contains(name) ? 404 : then.path("status").intValue();
        for (int i = 0; i < step.path("when").path("times").intValue(1); i++) {
          if (operation == null) {
            AppResponse answer = bare(server.url(), request);
            assertThat(answer.status()).isEqualTo(expected);
          } else {
            checkAnswer(expected, then, call(server.url(), request, operation));
          }
        }
        Recorded.checkEffects(then, given);
        if (operation == null) {
          asBareHttp++;
        } else {
          asOperations++;
        }
      }
    }
  }

  @AfterAll
  static void tell() {
    System.out.printf(
        "conformance: %d steps replayed through the hosted transport and a socket, %d as bare"
            + " HTTP%n",
        asOperations, asBareHttp);
    BARE.connectionPool().evictAll();
    BARE.dispatcher().executorService().shutdown();
  }

  private static Outcome<?> call(URI url, JsonNode request, Operation<?> operation) {
    String token = token(request).orElseThrow();
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app("acme/caller")
            .url(url)
            .token(Token.RPC, token)
            .token(Token.QUEUE, token)
            .token(Token.WORKFLOW, token)
            .build();
    try (Transport transport = HostedTransport.builder(config).build()) {
      return transport.execute(operation, CONTEXT);
    }
  }

  private static void checkAnswer(int status, JsonNode then, Outcome<?> answer) {
    if (answer instanceof Outcome.Refused<?> refused) {
      assertThat(refused.status()).isEqualTo(status);
      assertThat(refused.message()).isNotEmpty();
      assertThat(refused.retryAfter() != null).isEqualTo(then.has("retryAfter"));
    } else if (answer instanceof Outcome.Success<?> success
        && success.result() instanceof RawResponse own) {
      Recorded.checkAnswer(then, new AppResponse(own.status(), own.headers(), own.body()));
    } else {
      assertThat(answer).isInstanceOf(Outcome.Success.class);
      assertThat(status).isEqualTo(200);
    }
  }

  /** Returns the operation that has this request as its wire form; null when none has. */
  private static @Nullable Operation<?> operation(JsonNode request) {
    if (token(request).isEmpty()) {
      return null;
    }
    try {
      String path = request.path("path").stringValue();
      return switch (path.split("/", -1)[3]) {
        case "rpc" -> rpc(request, RPC.matcher(path));
        case "queues" -> send(request, QUEUE.matcher(path));
        default -> workflow(request, WORKFLOW.matcher(path));
      };
    } catch (InvalidInputException notSayable) {
      return null;
    }
  }

  private static Optional<String> token(JsonNode request) {
    Matcher bearer = TOKEN.matcher(request.path("headers").path("authorization").stringValue(""));
    return bearer.matches() ? Optional.of(bearer.group(1)) : Optional.empty();
  }

  private static @Nullable RpcCall rpc(JsonNode request, Matcher path) {
    if (!path.matches() || path.group(3) == null) {
      return null;
    }
    var app = new AppId(path.group(1), path.group(2));
    if (!app.toString().equals(path.group(1) + "/" + path.group(2))) {
      return null; // an AppId is in lower case from the start
    }
    Headers headers = Headers.none();
    for (var header : request.path("headers").properties()) {
      if (!header.getKey().equals("authorization")) {
        headers = headers.with(header.getKey(), header.getValue().stringValue());
      }
    }
    String query = path.group(4);
    return new RpcCall(
        app,
        request.path("method").stringValue(),
        path.group(3),
        path.group(3),
        query == null ? "" : query,
        headers,
        request.has("body") ? RawBody.of(headers, body(request)) : null,
        false);
  }

  private static @Nullable QueueSend send(JsonNode request, Matcher path) {
    String delay = request.path("headers").path("x-w7s-queue-delay-seconds").stringValue("0");
    if (!path.matches()
        || !request.path("method").stringValue().equals("POST")
        || !request.has("body")
        || !delay.matches("-?\\d+")) {
      return null;
    }
    return new QueueSend(
        new AppId(path.group(1), path.group(2)),
        path.group(3),
        "/unused",
        body(request),
        Duration.ofSeconds(Long.parseLong(delay)),
        false);
  }

  private static @Nullable Operation<?> workflow(JsonNode request, Matcher path) {
    if (!path.matches()) {
      return null;
    }
    AppId app = new AppId(path.group(1), path.group(2));
    if (request.path("method").stringValue().equals("GET")) {
      return path.group(4) == null ? null : new WorkflowQuery(app, path.group(3), path.group(4));
    }
    if (path.group(4) != null || !request.has("body")) {
      return null;
    }
    return new WorkflowStart(
        app,
        path.group(3),
        "/unused",
        request.path("headers").path("x-w7s-workflow-instance-id").stringValue(null),
        body(request),
        false);
  }

  private static byte[] body(JsonNode request) {
    return request.path("body").stringValue().getBytes(StandardCharsets.UTF_8);
  }

  private static AppResponse bare(URI url, JsonNode request) throws IOException {
    var http = new Request.Builder().url(url + request.path("path").stringValue());
    request.path("headers").forEachEntry((name, value) -> http.header(name, value.stringValue()));
    String method = request.path("method").stringValue();
    boolean withBody = List.of("POST", "PUT").contains(method);
    http.method(
        method,
        withBody
            ? RequestBody.create(
                request.path("body").stringValue("").getBytes(StandardCharsets.UTF_8))
            : null);
    try (Response response = BARE.newCall(http.build()).execute()) {
      return new AppResponse(response.code(), Headers.none(), response.body().bytes());
    }
  }
}
