package io.w7s.sdk.testing.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.testing.contract.RawConnection.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every server of an {@link AppHandler} must do: hand over each request as it came, within the
 * app's limit, and send what the app returns. A test of your own server extends it:
 *
 * <pre>{@code
 * class MyServerTest extends ServerContract {
 *   @Override
 *   protected ServerFixture start(AppHandler app) {
 *     return new MyServer(app);
 *   }
 * }
 * }</pre>
 *
 * <p>What servers differ in is left to them. A path that others on the way may read in two ways
 * ({@code //}, {@code %2F}, {@code %25}, {@code ..}, a backslash) is handed over as it came, or
 * refused with a status from 400 to 499; it is never changed. A header value that is not ASCII is
 * handed over as the text that its bytes are in UTF-8, or refused so. After a refusal the
 * connection ends, or its next request is served.
 *
 * <p>The tests need JUnit 5.12 or later with parameters, and AssertJ. They open sockets to the
 * server.
 */
@Timeout(60)
public abstract class ServerContract {

  private static final int LIMIT = 64 * 1024;
  private static final int MEBIBYTE = 1024 * 1024;
  private static final byte[] EMPTY = {};
  private static final byte[] NEXT = "next".getBytes(ISO_8859_1);

  private @Nullable ServerFixture server;

  /** What the app got, in that order. */
  private final Queue<AppRequest> seen = new ConcurrentLinkedQueue<>();

  /** For the class that extends this. */
  protected ServerContract() {}

  /** Starts a server for an app, on a free port of the loopback address. */
  protected abstract ServerFixture start(AppHandler app);

  /** Stops the server of the test. */
  @AfterEach
  final void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  /** An app that remembers its requests. */
  private record App(
      int maxBodyBytes, Queue<AppRequest> seen, Function<AppRequest, AppResponse> handler)
      implements AppHandler {

    @Override
    public AppResponse handle(AppRequest request) {
      seen.add(request);
      return handler.apply(request);
    }
  }

  private void serve(int maxBodyBytes, Function<AppRequest, AppResponse> handler) {
    server = start(new App(maxBodyBytes, seen, handler));
  }

  private void serveEcho() {
    serve(2 * MEBIBYTE, ServerContract::echo);
  }

  private static AppResponse echo(AppRequest request) {
    return new AppResponse(
        200, Headers.of("content-type", "application/octet-stream"), request.body());
  }

  private RawConnection connect() throws IOException {
    return new RawConnection(requireNonNull(server).url());
  }

  private Response once(String method, String target, byte[] body, String... headers)
      throws IOException {
    try (RawConnection connection = connect()) {
      return connection.exchange(method, target, body, headers);
    }
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + i / 256);
    }
    return bytes;
  }

  /** Requires that the next request of a connection is served, unless the connection has ended. */
  private static void assertInStep(RawConnection connection) throws IOException {
    Response next;
    try {
      next = connection.exchange("POST", "/next", NEXT);
    } catch (IOException ended) {
      return;
    }
    assertThat(next.status()).isEqualTo(200);
    assertThat(next.body()).isEqualTo(NEXT);
  }

  private static void assertRefused(Response response, int status) {
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.text()).startsWith("{").contains("\"ok\":false").contains("\"error\":\"");
  }

  private static boolean isRefused(int status) {
    return status >= 400 && status < 500;
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"})
  void anyMethodReachesTheApp(String method) throws IOException {
    serveEcho();

    assertThat(once(method, "/a", EMPTY).status()).isEqualTo(200);

    assertThat(seen).extracting(AppRequest::method).containsExactly(method);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a/b/",
        "/a%20b",
        "/%C3%BC",
        "/%c3%bc",
        "/a+b",
        "/%41",
        "/a;v=1/b;w=2",
        "/~a-._b",
        "/a:b@c!$&'()*,=d",
        "/%3Fa%3D1%23",
      })
  void aPathArrivesAsItCame(String path) throws IOException {
    serveEcho();

    assertThat(once("GET", path + "?a=1", EMPTY).status()).isEqualTo(200);

    assertThat(seen).extracting(AppRequest::path).containsExactly(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//a",
        "/a//b",
        "/a/",
        "/a%2Fb",
        "/a%2fb",
        "/a%25b",
        "/a%5Cb",
        "/a/./b",
        "/a/../b",
        "/a/%2e%2e/b",
        "/a/..;x/b",
        "/a%zz",
        "/a%00b",
        "/a|b",
        "/a\\b",
      })
  void aPathWithTwoReadingsIsNotChanged(String path) throws IOException {
    serveEcho();

    int status = once("GET", path, EMPTY).status();

    if (isRefused(status)) {
      assertThat(seen).isEmpty();
    } else {
      assertThat(seen).extracting(AppRequest::path).containsExactly(path);
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, http://127.0.0.1/a?b", "OPTIONS, *"})
  void aTargetThatIsNoPathIsReducedToItsPathOrRefused(String method, String target)
      throws IOException {
    serveEcho();

    int status = once(method, target, EMPTY).status();

    if (!isRefused(status)) {
      assertThat(seen).extracting(AppRequest::path).allMatch(path -> path.startsWith("/"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=1&a=2&b=%C3%BC&c=x+y%20z&d&e=%2F%3D&",
        "%61=%41",
        "a=/b?c",
        "a;b=1",
        "a=//../..",
      })
  void aQueryArrivesAsItCame(String query) throws IOException {
    serveEcho();

    assertThat(once("GET", "/a?" + query, EMPTY).status()).isEqualTo(200);

    assertThat(seen).extracting(AppRequest::query).containsExactly(query);
  }

  @Test
  void noQueryIsAnEmptyOne() throws IOException {
    serveEcho();

    once("GET", "/a", EMPTY);

    assertThat(seen).extracting(AppRequest::query).containsExactly("");
  }

  @Test
  void noBodyIsAnEmptyOne() throws IOException {
    serveEcho();
    try (RawConnection connection = connect()) {
      connection.exchange("GET", "/a", EMPTY);
      connection.exchange("POST", "/a", EMPTY, "content-length: 0");
      connection.sendHead("POST", "/a", "transfer-encoding: chunked");
      connection.sendChunk(EMPTY);
      assertThat(connection.response("POST").body()).isEmpty();
    }

    assertThat(seen).hasSize(3).allMatch(request -> request.body().length == 0);
  }

  @Test
  void aBinaryBodyArrivesByteForByteAndGoesBackSo() throws IOException {
    byte[] body = bytes(MEBIBYTE);
    serveEcho();

    assertThat(once("POST", "/a", body).body()).isEqualTo(body);
  }

  @Test
  void aBodyInChunksArrivesByteForByte() throws IOException {
    byte[] body = bytes(100_000);
    serveEcho();
    try (RawConnection connection = connect()) {
      connection.sendHead("POST", "/a", "transfer-encoding: chunked");
      for (int start = 0; start < body.length; start += 7_000) {
        connection.sendChunk(Arrays.copyOfRange(body, start, Math.min(start + 7_000, body.length)));
      }
      connection.sendChunk(EMPTY);

      assertThat(connection.response("POST").body()).isEqualTo(body);
      assertInStep(connection);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json",
        "text/plain; charset=utf-16",
      })
  void aBodyIsNotReadForItsContentType(String type) throws IOException {
    byte[] body = "a=%C3%BC&b=1\r\n\u0000\u00ff".getBytes(ISO_8859_1);
    serveEcho();

    assertThat(once("POST", "/a?c=2", body, "content-type: " + type).body()).isEqualTo(body);

    assertThat(seen)
        .extracting(r -> r.headers().all("content-type"))
        .containsExactly(List.of(type));
    assertThat(seen).extracting(AppRequest::query).containsExactly("c=2");
  }

  @Test
  void aCompressedBodyStaysCompressed() throws IOException {
    var compressed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(compressed)) {
      gzip.write(bytes(10_000));
    }
    serve(
        LIMIT,
        request -> new AppResponse(200, Headers.of("content-encoding", "gzip"), request.body()));

    Response response = once("POST", "/a", compressed.toByteArray(), "content-encoding: gzip");

    assertThat(response.body()).isEqualTo(compressed.toByteArray());
    assertThat(response.all("content-encoding")).containsExactly("gzip");
    assertThat(seen).extracting(AppRequest::body).containsExactly(compressed.toByteArray());
  }

  @Test
  void aResponseIsNotCompressed() throws IOException {
    serve(
        LIMIT,
        request -> new AppResponse(200, Headers.of("content-type", "text/plain"), bytes(10_000)));

    Response response = once("GET", "/a", EMPTY, "accept-encoding: gzip, br");

    assertThat(response.all("content-encoding")).isEmpty();
    assertThat(response.body()).isEqualTo(bytes(10_000));
  }

  @Test
  void aBodyOfTheLargestSizeArrives() throws IOException {
    byte[] body = bytes(LIMIT);
    serve(LIMIT, ServerContract::echo);

    assertThat(once("POST", "/a", body).body()).isEqualTo(body);
    try (RawConnection connection = connect()) {
      connection.sendHead("POST", "/a", "transfer-encoding: chunked");
      connection.sendChunk(body);
      connection.sendChunk(EMPTY);
      assertThat(connection.response("POST").body()).isEqualTo(body);
    }
  }

  @Test
  void aDeclaredBodyOverTheLimitIsRefusedBeforeItIsSent() throws IOException {
    serve(LIMIT, ServerContract::echo);
    for (String length : List.of(String.valueOf(LIMIT + 1), "999999999", "99999999999")) {
      try (RawConnection connection = connect()) {
        connection.sendHead("POST", "/a", "content-length: " + length);

        assertRefused(connection.response("POST"), 413);
      }
    }

    assertThat(seen).isEmpty();
  }

  @Test
  void aBodyInChunksOverTheLimitIsRefused() throws IOException {
    serve(LIMIT, ServerContract::echo);
    try (RawConnection connection = connect()) {
      connection.sendHead("POST", "/a", "transfer-encoding: chunked");
      connection.sendChunk(bytes(LIMIT));
      connection.sendChunk(bytes(1));

      assertRefused(connection.response("POST"), 413);
    }

    assertThat(seen).isEmpty();
  }

  @Test
  void theRestOfARefusedBodyIsNotTakenForARequest() throws IOException {
    byte[] smuggled =
        "GET /smuggled HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".repeat(3_000).getBytes(ISO_8859_1);
    serve(LIMIT, ServerContract::echo);
    for (boolean chunked : new boolean[] {false, true}) {
      try (RawConnection connection = connect()) {
        if (chunked) {
          connection.sendHead("POST", "/a", "transfer-encoding: chunked");
          connection.sendChunk(smuggled);
          connection.sendChunk(EMPTY);
        } else {
          connection.sendHead("POST", "/a", "content-length: " + smuggled.length);
          connection.send(smuggled);
        }
        assertRefused(connection.response("POST"), 413);
        assertInStep(connection);
      }
    }

    assertThat(seen).extracting(AppRequest::path).allMatch("/next"::equals);
  }

  @Test
  void aBodyThatBreaksOffDoesNotReachTheApp() throws IOException {
    serveEcho();
    List<String[]> heads =
        List.of(new String[] {"content-length: 100"}, new String[] {"transfer-encoding: chunked"});
    for (String[] head : heads) {
      try (RawConnection connection = connect()) {
        connection.sendHead("POST", "/a", head);
        connection.send("5\r\nshort".getBytes(ISO_8859_1));
        connection.endSending();
        try {
          assertThat(connection.response("POST").status()).isEqualTo(400);
        } catch (IOException ended) {
          // its sender has left
        }
      }
    }
    assertThat(once("POST", "/next", NEXT).body()).isEqualTo(NEXT);

    assertThat(seen).extracting(AppRequest::path).containsExactly("/next");
  }

  @Test
  void headersArriveInAnyCaseWithAllTheirValuesInOrder() throws IOException {
    serveEcho();

    once(
        "GET",
        "/a",
        EMPTY,
        "x-one: 1",
        "X-Many: b",
        "x-two:2",
        "x-many: a",
        "X-MANY:  a, c ",
        "x-empty:",
        "x-w7s-queue: 1",
        "cookie: a=1; b=\"2\"");

    Headers headers = seen.element().headers();
    assertThat(headers.all("X-One")).containsExactly("1");
    assertThat(headers.all("x-two")).containsExactly("2");
    assertThat(headers.all("x-many")).containsExactly("b", "a", "a, c");
    assertThat(headers.all("x-empty")).containsExactly("");
    assertThat(headers.all("x-w7s-queue")).containsExactly("1");
    assertThat(headers.all("cookie")).containsExactly("a=1; b=\"2\"");
    assertThat(headers.has("host")).isTrue();
  }

  @Test
  void aHeaderInUtf8ArrivesAsItsTextOrIsRefused() throws IOException {
    serveEcho();
    String text = "grüße 👋";

    int status =
        once("GET", "/a", EMPTY, "x-note: " + new String(text.getBytes(UTF_8), ISO_8859_1))
            .status();

    if (isRefused(status)) {
      assertThat(seen).isEmpty();
    } else {
      assertThat(seen).extracting(r -> r.headers().all("x-note")).containsExactly(List.of(text));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b: 1", "x-a : 1", "x-a: 1\u00002", ": 1", "x-a"})
  void aHeaderThatIsNotHttpDoesNotReachTheApp(String line) throws IOException {
    serveEcho();
    try (RawConnection connection = connect()) {
      Response response = connection.exchange("GET", "/a", EMPTY, line);
      // some servers leave such a line out
      assertThat(isRefused(response.status()) || !seen.element().headers().has("x-a")).isTrue();
    } catch (IOException ended) {
      assertThat(seen).isEmpty();
    }
  }

  @Test
  void aSenderThatAwaits100SendsItsBodyThen() throws IOException {
    byte[] body = bytes(1_000);
    serveEcho();
    try (RawConnection connection = connect()) {
      connection.sendHead("POST", "/a", "expect: 100-continue", "content-length: 1000");
      assertThat(connection.anyResponse("POST").status()).isEqualTo(100);
      connection.send(body);

      assertThat(connection.response("POST").body()).isEqualTo(body);
      assertInStep(connection);
    }
  }

  @Test
  void aSenderThatAwaits100IsToldThatItsBodyIsTooLarge() throws IOException {
    serve(LIMIT, ServerContract::echo);
    try (RawConnection connection = connect()) {
      connection.sendHead("POST", "/a", "expect: 100-continue", "content-length: " + (LIMIT + 1));

      assertRefused(connection.response("POST"), 413);
    }
    assertThat(seen).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 299, 400, 401, 404, 418, 429, 500, 503, 599})
  void aResponseGoesOutAsTheAppMadeIt(int status) throws IOException {
    Headers headers =
        Headers.of("content-type", "application/json")
            .with("retry-after", "7")
            .plus("set-cookie", "a=1")
            .plus("set-cookie", "b=2, 3")
            .plus("set-cookie", "a=1")
            .with("x-empty", "");
    byte[] body = bytes(MEBIBYTE);
    serve(LIMIT, request -> new AppResponse(status, headers, body));

    Response response = once("GET", "/a", EMPTY);

    assertThat(response.status()).isEqualTo(status);
    assertThat(response.all("content-type")).containsExactly("application/json");
    assertThat(response.all("retry-after")).containsExactly("7");
    assertThat(response.all("set-cookie")).containsExactly("a=1", "b=2, 3", "a=1");
    assertThat(response.all("x-empty")).containsExactly("");
    assertThat(response.body()).isEqualTo(body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain; charset=utf-8", "text/html", "application/problem+json"})
  void aContentTypeGoesOutAsTheAppMadeIt(String type) throws IOException {
    serve(LIMIT, request -> new AppResponse(200, Headers.of("content-type", type), NEXT));

    assertThat(once("GET", "/a", EMPTY).all("content-type"))
        .extracting(value -> value.replace(" ", "").toLowerCase(Locale.ROOT))
        .containsAnyOf(type.replace(" ", ""), type.replace(" ", "") + ";charset=utf-8")
        .hasSize(1);
  }

  @Test
  void aResponseWithoutAContentTypeGetsNone() throws IOException {
    serve(LIMIT, request -> new AppResponse(200, Headers.none(), NEXT));

    assertThat(once("GET", "/a", EMPTY).all("content-type")).isEmpty();
  }

  @Test
  void aHeaderGoesOutInUtf8() throws IOException {
    String text = "grüße 👋";
    serve(LIMIT, request -> new AppResponse(200, Headers.of("x-note", text), NEXT));

    assertThat(once("GET", "/a", EMPTY).all("x-note"))
        .extracting(value -> new String(value.getBytes(ISO_8859_1), UTF_8))
        .containsExactly(text);
  }

  @Test
  void theConnectionIsTheServersOwn() throws IOException {
    Headers headers =
        Headers.of("content-length", "3")
            .with("transfer-encoding", "chunked")
            .with("connection", "close")
            .with("x-a", "1");
    serve(LIMIT, request -> new AppResponse(200, headers, request.body()));
    try (RawConnection connection = connect()) {
      for (int i = 0; i < 3; i++) {
        Response response = connection.exchange("POST", "/a", NEXT);

        assertThat(response.body()).isEqualTo(NEXT);
        assertThat(response.all("x-a")).containsExactly("1");
      }
    }
  }

  @Test
  void aResponseToHeadHasNoBody() throws IOException {
    serve(
        LIMIT,
        request ->
            request.method().equals("HEAD")
                ? new AppResponse(200, Headers.of("x-a", "1"), bytes(5_000))
                : echo(request));
    try (RawConnection connection = connect()) {
      Response response = connection.exchange("HEAD", "/a", EMPTY);

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.all("x-a")).containsExactly("1");
      Response next = connection.exchange("POST", "/next", NEXT);
      assertThat(next.body()).isEqualTo(NEXT);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 205, 304})
  void aStatusWithoutABodyGetsNone(int status) throws IOException {
    serve(
        LIMIT,
        request ->
            request.path().equals("/next")
                ? echo(request)
                : new AppResponse(status, Headers.of("x-a", "1"), bytes(5_000)));
    try (RawConnection connection = connect()) {
      Response response = connection.exchange("GET", "/a", EMPTY);

      assertThat(response.status()).isEqualTo(status);
      assertThat(response.body()).isEmpty();
      assertThat(response.all("x-a")).containsExactly("1");
      Response next = connection.exchange("POST", "/next", NEXT);
      assertThat(next.body()).isEqualTo(NEXT);
    }
  }

  private static Stream<Function<AppRequest, AppResponse>> defects() {
    return Stream.of(
        request -> {
          throw new IllegalStateException("secret");
        },
        request -> {
          throw new AssertionError("secret");
        },
        request -> new AppResponse(42, Headers.none(), NEXT),
        request -> new AppResponse(101, Headers.none(), NEXT),
        request -> new AppResponse(1000, Headers.none(), NEXT));
  }

  @Test
  void aHandlerThatFailsGivesABare500() throws IOException {
    List<Function<AppRequest, AppResponse>> defects = defects().toList();
    serve(
        LIMIT,
        request ->
            request.path().equals("/next")
                ? echo(request)
                : defects.get(Integer.parseInt(request.query())).apply(request));
    for (int i = 0; i < defects.size(); i++) {
      try (RawConnection connection = connect()) {
        Response response = connection.exchange("POST", "/a?" + i, NEXT);

        assertRefused(response, 500);
        assertThat(response.text() + response.head()).doesNotContain("secret", "Exception", "at ");
        assertInStep(connection);
      }
    }
  }

  @Test
  void anInterruptEndsWithItsHandler() throws IOException {
    Queue<Boolean> interrupted = new ConcurrentLinkedQueue<>();
    serve(
        LIMIT,
        request -> {
          interrupted.add(Thread.currentThread().isInterrupted());
          Thread.currentThread().interrupt();
          return echo(request);
        });
    try (RawConnection connection = connect()) {
      for (int i = 0; i < 10; i++) {
        assertThat(connection.exchange("POST", "/a", NEXT).body()).isEqualTo(NEXT);
      }
    }

    assertThat(interrupted).hasSize(10).containsOnly(false);
  }

  @Test
  void requestsInARowGetTheirResponsesInOrder() throws IOException {
    serveEcho();
    try (RawConnection connection = connect()) {
      for (int i = 0; i < 20; i++) {
        connection.sendHead("POST", "/a?" + i, "content-length: 2");
        connection.send(String.valueOf(10 + i).getBytes(ISO_8859_1));
      }
      for (int i = 0; i < 20; i++) {
        assertThat(connection.response("POST").text()).isEqualTo(String.valueOf(10 + i));
      }
    }
  }

  @Test
  void parallelRequestsGetTheirOwnResponses() throws Exception {
    serve(
        LIMIT,
        request ->
            new AppResponse(
                200,
                Headers.of("x-of", request.headers().first("x-of").orElse("")),
                request.body()));
    ExecutorService clients = Executors.newFixedThreadPool(16);
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int client = 0; client < 16; client++) {
        String name = "client-" + client;
        ends.add(
            clients.submit(
                () -> {
                  try (RawConnection connection = connect()) {
                    for (int i = 0; i < 50; i++) {
                      byte[] body = (name + "/" + i).repeat(i * 10).getBytes(ISO_8859_1);
                      Response response =
                          connection.exchange("POST", "/a", body, "x-of: " + name + "/" + i);
                      assertThat(response.all("x-of")).containsExactly(name + "/" + i);
                      assertThat(response.body()).isEqualTo(body);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } finally {
      clients.shutdownNow();
    }
    assertThat(seen).hasSize(16 * 50);
  }

  @Test
  void aSlowSenderDoesNotHoldUpOthers() throws IOException {
    byte[] body = bytes(10_000);
    serveEcho();
    try (RawConnection slow = connect()) {
      slow.sendHead("POST", "/slow", "content-length: 10000");
      slow.send(Arrays.copyOf(body, 5_000));

      assertThat(once("POST", "/next", NEXT).body()).isEqualTo(NEXT);
      assertThat(seen).extracting(AppRequest::path).containsExactly("/next");

      slow.send(Arrays.copyOfRange(body, 5_000, 10_000));
      assertThat(slow.response("POST").body()).isEqualTo(body);
    }
  }
}
