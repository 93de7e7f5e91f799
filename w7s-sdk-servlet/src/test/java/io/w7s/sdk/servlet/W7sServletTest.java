package io.w7s.sdk.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.local.internal.server.RawClient;
import io.w7s.sdk.local.internal.server.RawClient.Response;
import io.w7s.sdk.servlet.Container.Setup;
import io.w7s.sdk.testing.contract.ServerFixture;
import jakarta.servlet.Filter;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.springframework.web.util.ContentCachingRequestWrapper;

/** What {@link W7sServlet} does beside the contract of servers. */
@Timeout(60)
class W7sServletTest {

  private static final String FORM = "content-type: application/x-www-form-urlencoded";
  private static final String JSON = "content-type: application/json";
  private static final int SLOW = 20;

  private final Logger logger = (Logger) LoggerFactory.getLogger(W7sServlet.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Queue<AppRequest> seen = new ConcurrentLinkedQueue<>();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private ServerFixture server;

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    stopServer();
    executor.shutdownNow();
    logger.detachAppender(log);
  }

  private void stopServer() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  /** Where the handler runs. */
  enum Mode {
    BLOCKING,
    ASYNC
  }

  private AppResponse echo(AppRequest request) {
    seen.add(request);
    return new AppResponse(200, Headers.of("content-type", "text/plain"), request.body());
  }

  private W7sServlet servlet(Mode mode) {
    return mode == Mode.ASYNC ? new W7sServlet(this::echo, executor) : new W7sServlet(this::echo);
  }

  private void start(Container container, Setup setup) throws Exception {
    server = container.start(setup);
  }

  private void start(Container container, Mode mode, Filter filter) throws Exception {
    start(container, new Setup().servlet(servlet(mode), "/*", mode == Mode.ASYNC).filter(filter));
  }

  private int port() {
    return server.url().getPort();
  }

  private Response post(String path, String body, String... headers) throws IOException {
    return RawClient.once(port(), RawClient.request("POST", path, body, headers));
  }

  private static String chunked(String body, String... headers) {
    return "POST /a HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        + String.join("\r\n", headers)
        + "\r\ntransfer-encoding: chunked\r\n\r\n"
        + Integer.toHexString(body.length())
        + "\r\n"
        + body
        + "\r\n0\r\n\r\n";
  }

  private List<String> warnings() {
    return log.list.stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "'', /*, /a%20b;v=1, /a%20b;v=1",
    "'', /*, /, /",
    "'', /, /a%20b;v=1, /a%20b;v=1",
    "'', /, /, /",
    "/shop, /*, /shop/a, /a",
    "/shop, /*, /shop/, /",
    "/shop, /, /shop/shop/a, /shop/a",
    "/shop, /w7s/*, /shop/w7s/a;v=1/b%20c, /a;v=1/b%20c",
    "/shop, /w7s/*, /shop/w7s, /",
    "/shop, /w7s/*, /shop/w7s/, /",
    "/shop, /w7s/*, /shop/w7s/w7s/a, /w7s/a",
    "/shop, /w7s/*, /shop/w7%73/a, /a",
    "/shop, /w7s/*, /s%68op/w7s/a, /a",
    "/shop, /w7s/*, /shop/w7s;v=1/a, /a",
    "'', /w7s/v1/*, /w7s/v1/a, /a",
    "'', /exact, /exact, /exact",
    "'', *.do, /a/b.do, /a/b.do",
  })
  void theAppSeesThePathBelowItsPrefix(String context, String pattern, String sent, String path)
      throws Exception {
    for (Container container : Container.values()) {
      start(
          container, new Setup().context(context).servlet(servlet(Mode.BLOCKING), pattern, false));

      assertThat(post(sent + "?q=%41", "").status()).as(container.name()).isEqualTo(200);

      AppRequest request = seen.remove();
      assertThat(request.path()).as(container.name()).isEqualTo(path);
      assertThat(request.query()).as(container.name()).isEqualTo("q=%41");
      stopServer();
    }
  }

  @ParameterizedTest
  @CsvSource({"/x/../w7s/a", "/./w7s/a", "//w7s/a"})
  void aPathThatDoesNotBeginAsItsMappingIsRefused(String sent) throws Exception {
    for (Container container : Container.values()) {
      start(container, new Setup().servlet(servlet(Mode.BLOCKING), "/w7s/*", false));

      assertThat(post(sent, "").status()).as(container.name()).isBetween(400, 404);

      assertThat(seen).isEmpty();
      stopServer();
    }
  }

  private static Filter filter(Before before) {
    return (request, response, chain) -> {
      before.look((HttpServletRequest) request);
      chain.doFilter(request, response);
    };
  }

  private interface Before {
    void look(HttpServletRequest request) throws IOException;
  }

  /** What filters do that leaves less than the whole body. */
  enum Reader {
    PARAMETER(request -> request.getParameter("a")),
    READER(request -> request.getReader().read()),
    ALL(request -> request.getInputStream().readAllBytes()),
    PART(request -> request.getInputStream().read()),
    CACHED_PARAMETER(request -> new ContentCachingRequestWrapper(request, 1000).getParameter("a"));

    private final Before before;

    Reader(Before before) {
      this.before = before;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatAFilterHasReadIsNeverPassedOn(Reader reader) throws Exception {
    for (Container container : Container.values()) {
      for (Mode mode : Mode.values()) {
        start(container, mode, filter(reader.before));
        log.list.clear();

        Response response = post("/a", "a=1&b=2", FORM);

        assertThat(response.status()).isEqualTo(500);
        assertThat(response.body()).contains("\"ok\":false", "was read before");
        assertThat(warnings())
            .singleElement()
            .satisfies(
                line -> assertThat(line).contains("POST /a", "500", "was read before", "filters"));
        if (reader != Reader.PART) { // nobody can tell
          assertThat(RawClient.once(port(), chunked("a=1&b=2", FORM)).status()).isEqualTo(500);
        }
        stopServer();
      }
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void aFilterMayLookAtParametersOfWhatIsNoForm() throws Exception {
    for (Container container : Container.values()) {
      for (Mode mode : Mode.values()) {
        start(container, mode, filter(request -> request.getParameter("a")));

        assertThat(post("/a?a=1", "{\"a\":1}", JSON).body()).isEqualTo("{\"a\":1}");
        assertThat(RawClient.once(port(), chunked("[1]", JSON)).body()).isEqualTo("[1]");
        stopServer();
      }
    }
  }

  /** A request whose body was read and is handed out again, as many filters do it. */
  private static final class Replayed extends HttpServletRequestWrapper {

    private final byte[] body;

    Replayed(HttpServletRequest request) throws IOException {
      super(request);
      body = request.getInputStream().readAllBytes();
    }

    @Override
    public ServletInputStream getInputStream() {
      var in = new ByteArrayInputStream(body);
      return new ServletInputStream() {
        @Override
        public int read() {
          return in.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
          return in.read(bytes, offset, length);
        }

        @Override
        public boolean isFinished() {
          return in.available() == 0;
        }

        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
          // nothing, as in many of them
        }
      };
    }
  }

  private static final class Wrapped extends HttpServletResponseWrapper {

    private final ServletOutputStream out;

    Wrapped(HttpServletResponse response) throws IOException {
      super(response);
      ServletOutputStream inner = response.getOutputStream();
      out =
          new ServletOutputStream() {
            @Override
            public void write(int b) throws IOException {
              inner.write(b);
            }

            @Override
            public boolean isReady() {
              return true;
            }

            @Override
            public void setWriteListener(WriteListener listener) {
              // nothing, as in many of them
            }
          };
    }

    @Override
    public ServletOutputStream getOutputStream() {
      return out;
    }
  }

  @Test
  void aFilterMayWrapWhatIsReadAndWritten() throws Exception {
    String body = "a=1&b=ü".repeat(10_000);
    List<Filter> filters =
        List.of(
            (request, response, chain) ->
                chain.doFilter(
                    new ContentCachingRequestWrapper((HttpServletRequest) request, 1000), response),
            (request, response, chain) ->
                chain.doFilter(
                    new HttpServletRequestWrapper((HttpServletRequest) request), response),
            (request, response, chain) ->
                chain.doFilter(new Replayed((HttpServletRequest) request), response),
            (request, response, chain) ->
                chain.doFilter(request, new Wrapped((HttpServletResponse) response)));
    for (Container container : Container.values()) {
      for (Mode mode : Mode.values()) {
        for (Filter filter : filters) {
          start(container, mode, filter);

          assertThat(post("/a", body, FORM).body()).isEqualTo(body);
          stopServer();
        }
      }
    }
    assertThat(warnings()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void noThreadOfTheContainerIsHeldWhileHandlersRun(Container container) throws Exception {
    var running = new CountDownLatch(SLOW);
    var gate = new CountDownLatch(1);
    AppHandler slow =
        request -> {
          running.countDown();
          await(gate);
          return echo(request);
        };
    var other =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void doGet(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            response.getOutputStream().print("other");
          }
        };
    start(
        container,
        new Setup()
            .threads(4)
            .servlet(new W7sServlet(slow, executor), "/w7s/*", true)
            .servlet(other, "/other", false));
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < SLOW; i++) {
        var client = new RawClient(port());
        clients.add(client);
        client.send(RawClient.request("POST", "/w7s/a", "body " + i));
      }
      running.await();

      Response response = RawClient.get(port(), "/other", "connection: close");
      assertThat(response.status()).isEqualTo(200);

      gate.countDown();
      for (int i = 0; i < SLOW; i++) {
        assertThat(clients.get(i).response().body()).isEqualTo("body " + i);
      }
    } finally {
      gate.countDown();
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @ParameterizedTest
  @EnumSource
  void noThreadOfTheExecutorWaitsForASlowSenderOrReader(Container container) throws Exception {
    ExecutorService one = Executors.newSingleThreadExecutor();
    AppHandler large =
        request ->
            request.path().equals("/large")
                ? new AppResponse(200, Headers.none(), new byte[64 * 1024 * 1024])
                : echo(request);
    start(container, new Setup().servlet(new W7sServlet(large, one), "/*", true));
    try (var sender = new RawClient(port());
        var reader = new RawClient(port())) {
      sender.send("POST /slow HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 4\r\n\r\nab");
      reader.send(RawClient.request("GET", "/large", ""));

      assertThat(post("/next", "next").body()).isEqualTo("next");

      sender.send("cd");
      assertThat(sender.response().body()).isEqualTo("abcd");
      assertThat(reader.response().body()).hasSize(64 * 1024 * 1024);
    } finally {
      one.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSenderIsToldToComeBackWhenTheExecutorIsFull(Container container) throws Exception {
    start(
        container,
        new Setup()
            .servlet(
                new W7sServlet(
                    this::echo,
                    task -> {
                      throw new RejectedExecutionException("full");
                    }),
                "/*",
                true));

    Response response = post("/a", "a");

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.head()).containsIgnoringCase("retry-after: 1");
    assertThat(response.body()).contains("\"ok\":false");
    assertThat(warnings()).singleElement().asString().contains("POST /a", "503", "too many");
  }

  @ParameterizedTest
  @EnumSource
  void whatWasNotHandledNeverGetsASuccess(Container container) throws Exception {
    start(
        container,
        new Setup()
            .servlet(
                new W7sServlet(
                    this::echo,
                    task -> {
                      throw new OutOfMemoryError("unable to create native thread");
                    }),
                "/*",
                true)
            .filter(
                (request, response, chain) ->
                    chain.doFilter(wrapped(request, () -> -1), response)));

    assertThat(post("/a", "a").status()).isEqualTo(503);
    assertThat(seen).isEmpty();
    assertThat(warnings()).hasSize(2).first().asString().contains("POST /a", "executor");
  }

  @ParameterizedTest
  @EnumSource
  void aStreamOfAFilterThatFailsGetsA500AtOnce(Container container) throws Exception {
    start(
        container,
        Mode.ASYNC,
        (request, response, chain) ->
            chain.doFilter(
                wrapped(
                    request,
                    () -> {
                      throw new IllegalStateException("defect");
                    }),
                response));

    assertThat(post("/a", "a").status()).isEqualTo(500);
    assertThat(seen).isEmpty();
  }

  private static HttpServletRequest wrapped(ServletRequest request, IntSupplier read) {
    var in =
        new ServletInputStream() {
          @Override
          public boolean isFinished() {
            return false;
          }

          @Override
          public boolean isReady() {
            return true;
          }

          @Override
          public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read() {
            return read.getAsInt();
          }

          @Override
          public int read(byte[] bytes, int start, int length) {
            int value = read.getAsInt();
            if (value < 0) {
              return -1;
            }
            bytes[start] = (byte) value;
            return 1;
          }
        };
    return new HttpServletRequestWrapper((HttpServletRequest) request) {
      @Override
      public ServletInputStream getInputStream() {
        return in;
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void whatIsHandledTooLateIsDroppedAndLogged(Container container) throws Exception {
    var gate = new CountDownLatch(1);
    var handled = new CountDownLatch(1);
    AppHandler slow =
        request -> {
          await(gate);
          return echo(request);
        };
    start(
        container,
        new Setup()
            .servlet(
                new W7sServlet(
                    slow,
                    task ->
                        executor.execute(
                            () -> {
                              task.run();
                              handled.countDown();
                            }),
                    Duration.ofMillis(50)),
                "/*",
                true));

    Response response = post("/a", "a");

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.head()).containsIgnoringCase("retry-after: 1");
    assertThat(response.body()).contains("takes too long");
    gate.countDown();
    handled.await();
    assertThat(seen).hasSize(1);
    assertThat(warnings()).hasSize(2).last().asString().contains("POST /a", "too late");
  }

  @Test
  void theTimeoutLeavesRoomForThePlatforms() {
    assertThat(W7sServlet.DEFAULT_TIMEOUT).isGreaterThan(Duration.ofMinutes(5));
    assertThatThrownBy(() -> new W7sServlet(this::echo, executor, Duration.ZERO))
        .isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @EnumSource
  void aTimeoutMayBeOfAnyLength(Container container) throws Exception {
    var servlet = new W7sServlet(this::echo, executor, ChronoUnit.FOREVER.getDuration());
    start(container, new Setup().servlet(servlet, "/*", true));

    assertThat(post("/a", "a").body()).isEqualTo("a");
  }

  @ParameterizedTest
  @EnumSource
  void asyncThatIsNotSupportedIsSaidSo(Container container) throws Exception {
    start(container, new Setup().servlet(servlet(Mode.ASYNC), "/*", false));
    assertThat(post("/a", "a").status()).isEqualTo(500);
    stopServer();
    start(
        container,
        new Setup()
            .servlet(servlet(Mode.ASYNC), "/*", true)
            .filter((request, response, chain) -> chain.doFilter(request, response))
            .filtersWithoutAsync());
    assertThat(post("/a", "a").status()).isEqualTo(500);

    assertThat(seen).isEmpty();
    assertThat(warnings()).hasSize(2).allMatch(line -> line.contains("every filter before it"));
  }

  @ParameterizedTest
  @EnumSource
  void aDefectIsLoggedWithoutQueryAndBody(Container container) throws Exception {
    for (Mode mode : Mode.values()) {
      AppHandler fails =
          request -> {
            throw new IllegalStateException("defect");
          };
      start(
          container,
          new Setup()
              .servlet(
                  mode == Mode.ASYNC ? new W7sServlet(fails, executor) : new W7sServlet(fails),
                  "/w7s/*",
                  mode == Mode.ASYNC));
      log.list.clear();

      assertThat(post("/w7s/a?token=secret", "secret").status()).isEqualTo(500);

      assertThat(log.list).hasSize(1);
      assertThat(log.list.get(0).getFormattedMessage()).isEqualTo("POST /a failed");
      assertThat(log.list.get(0).getThrowableProxy().getMessage()).isEqualTo("defect");
      stopServer();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSubclassIsMadeByTheContainer(Container container) throws Exception {
    start(container, new Setup().servlet(new Mine(), "/*", false));

    assertThat(post("/a", "ü").body()).isEqualTo("mine ü");
  }

  /** A servlet as a deployment descriptor or an annotation names it. */
  static final class Mine extends W7sServlet {

    private static final long serialVersionUID = 1L;

    Mine() {
      super(
          request ->
              new AppResponse(
                  200,
                  Headers.none(),
                  ("mine " + new String(request.body(), StandardCharsets.UTF_8))
                      .getBytes(StandardCharsets.UTF_8)));
    }
  }
}
