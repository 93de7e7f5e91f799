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
import java.util.Base64;
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
  private static final String NAME = "/([\\w.-]+)"; // an operation has names, not their escapes
  private static final Pattern QUEUE = Pattern.compile("/api/v1/queues" + NAME + NAME + NAME);
  private static final Pattern RPC =
      Pattern.compile("/api/v1/rpc/([^/?]+)/([^/?]+)(/[^?]*)?(?:\\?(.*))?");
  private static final Pattern WORKFLOW =
      Pattern.compile("/api/v1/workflows" + NAME + NAME + NAME + "(?:" + NAME + ")?");

  /** The recorder's store answered for ids that were never created; the platform says 500. */
  private static final Set<String> UNKNOWN_INSTANCE =
      Set.of("workflow/status-queued", "workflow/status-id-case");

  private static final int INTERNAL_ERROR = 500;
  private static final int UNSUPPORTED = 501;

  private static final OkHttpClient BARE = new OkHttpClient();

  private static int asOperations;
  private static int asBareHttp;

  static Stream<Arguments> recordings() {
    return Stream.concat(
            Stream.of("rpc.json", "queue.json", "workflow.json"),
            Recordings.freshFiles("").stream().filter(file -> !file.startsWith("fresh/table-")))
        .flatMap(file -> Recordings.load(file).stream())
        .filter(recorded -> recorded.path("steps").path(0).path("when").has("request"))
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
        int expected =
            UNKNOWN_INSTANCE.contains(name) ? INTERNAL_ERROR : then.path("status").intValue();
        Operation<?> operation = operation(request);
        Outcome<?> outcome = null;
        AppResponse answer = null;
        for (int i = 0; i < step.path("when").path("times").intValue(1); i++) {
          outcome = operation == null ? null : call(server.url(), request, operation);
          if (isNotSent(outcome)) {
            operation = null;
          }
          answer = operation == null ? bare(server.url(), request) : null;
        }
        if (operation == null) {
          assertThat(answer.status()).isEqualTo(expected);
        } else {
          checkAnswer(operation, expected, then, outcome);
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

  /** The transport refuses what an HTTP client would change on the way. */
  private static boolean isNotSent(@Nullable Outcome<?> outcome) {
    return outcome instanceof Outcome.Refused<?> refused && refused.status() == UNSUPPORTED;
  }

  private static void checkAnswer(
      Operation<?> operation, int status, JsonNode then, Outcome<?> answer) {
    if (operation instanceof WorkflowStart && status == INTERNAL_ERROR) {
      // the instance exists, which the transport finds out
      assertThat(answer).isInstanceOf(Outcome.Success.class);
    } else if (answer instanceof Outcome.Refused<?> refused) {
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
      Operation<?> rpc = rpc(request, RPC.matcher(path));
      Operation<?> send = send(request, QUEUE.matcher(path));
      return rpc != null ? rpc : send != null ? send : workflow(request, WORKFLOW.matcher(path));
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
    Headers.Builder own = Headers.builder();
    GivenPlatform.headers(request)
        .forEach(
            (name, value) -> {
              if (!name.equals("authorization")) {
                own.add(name, value);
              }
            });
    Headers headers = own.build();
    String query = path.group(4);
    return new RpcCall(
        app,
        request.path("method").stringValue(),
        path.group(3),
        path.group(3),
        query == null ? "" : query,
        headers,
        hasBody(request) ? RawBody.of(headers, body(request)) : null,
        false);
  }

  private static @Nullable QueueSend send(JsonNode request, Matcher path) {
    List<String> delays = GivenPlatform.headers(request).all("x-w7s-queue-delay-seconds");
    String delay = delays.isEmpty() ? "0" : String.join(",", delays);
    if (!path.matches()
        || !request.path("method").stringValue().equals("POST")
        || !hasBody(request)
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
    boolean isPost = request.path("method").stringValue().equals("POST");
    if (path.group(4) != null || !isPost || !hasBody(request)) {
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

  private static boolean hasBody(JsonNode request) {
    return request.has("body") || request.has("bodyBase64");
  }

  private static byte[] body(JsonNode request) {
    return request.has("bodyBase64")
        ? Base64.getDecoder().decode(request.path("bodyBase64").stringValue())
        : request.path("body").stringValue("").getBytes(StandardCharsets.UTF_8);
  }

  private static AppResponse bare(URI url, JsonNode request) throws IOException {
    var http = new Request.Builder().url(url + request.path("path").stringValue());
    GivenPlatform.headers(request).forEach(http::addHeader);
    String method = request.path("method").stringValue();
    boolean withBody = hasBody(request) || List.of("POST", "PUT", "PATCH").contains(method);
    http.method(method, withBody ? RequestBody.create(body(request)) : null);
    try (Response response = BARE.newCall(http.build()).execute()) {
      return new AppResponse(response.code(), Headers.none(), response.body().bytes());
    }
  }
}
