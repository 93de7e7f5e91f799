package io.w7s.sdk.okhttp;

import static io.w7s.sdk.okhttp.Exchanges.get;
import static io.w7s.sdk.okhttp.Exchanges.noResponse;
import static io.w7s.sdk.okhttp.Exchanges.post;
import static io.w7s.sdk.okhttp.Exchanges.response;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Authenticator;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An attempt is one request, whatever the server answers and the client is set to. */
@Timeout(60)
class OneRequestTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int MAX = 1024;

  private final List<Integer> seen = new CopyOnWriteArrayList<>();
  private final Interceptor observer =
      chain -> {
        Response response = chain.proceed(chain.request());
        seen.add(response.code());
        return response;
      };
  private final Authenticator again =
      (route, response) -> response.request().newBuilder().header("x-again", "1").build();
  private final OkHttpClient eager =
      new OkHttpClient.Builder()
          .authenticator(again)
          .proxyAuthenticator(again)
          .retryOnConnectionFailure(true)
          .addInterceptor(observer)
          .addNetworkInterceptor(observer)
          .build();

  @AfterEach
  void closeClient() {
    eager.dispatcher().executorService().shutdown();
    eager.connectionPool().evictAll();
  }

  private static HttpAttempts over(OkHttpClient client) {
    return HttpAttempts.over(client, TimeSource.system(), MAX);
  }

  static Stream<Arguments> responsesThatOkHttpActsUpon() {
    return Stream.of(
            "301 x\r\nlocation: /elsewhere",
            "307 x\r\nlocation: /elsewhere",
            "308 x\r\nlocation: /elsewhere",
            "401 x\r\nwww-authenticate: Basic realm=\"x\"",
            "407 x\r\nproxy-authenticate: Basic realm=\"x\"",
            "408 x",
            "408 x\r\nretry-after: 0",
            "421 x",
            "503 x",
            "503 x\r\nretry-after: 0",
            "503 x\r\nretry-after: 9999999999")
        .flatMap(head -> Stream.of(AttemptStyle.values()).map(style -> Arguments.of(head, style)));
  }

  @ParameterizedTest
  @MethodSource("responsesThatOkHttpActsUpon")
  void returnsTheFirstResponse(String head, AttemptStyle style) throws Exception {
    try (RawServer server =
            RawServer.answering("HTTP/1.1 " + head + "\r\ncontent-length: 2\r\n\r\nno");
        HttpAttempts attempts = over(eager)) {
      int status = Integer.parseInt(head.substring(0, 3));
      for (Exchange<RawResponse> exchange :
          List.of(get(server.url("/x")), post(server.url("/x"), "{}"))) {
        server.requests().clear();
        seen.clear();

        RawResponse response = response(style.make(attempts, exchange, TIMEOUT));

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.body()).asString(UTF_8).isEqualTo("no");
        assertThat(server.requests()).hasSize(1);
        assertThat(seen).as("what the client's interceptors see").containsExactly(status, status);
      }
      assertThat(server.connections()).as("the connection is kept").isEqualTo(1);
    }
  }

  @Test
  void returnsTheFirstResponseOfAProxy() throws Exception {
    try (RawServer proxy = RawServer.answering("HTTP/1.1 407 x\r\ncontent-length: 2\r\n\r\nno")) {
      OkHttpClient proxied =
          eager
              .newBuilder()
              .proxy(
                  new Proxy(
                      Proxy.Type.HTTP,
                      InetSocketAddress.createUnresolved("127.0.0.1", proxy.port())))
              .build();
      try (HttpAttempts attempts = over(proxied)) {
        assertThat(response(attempts.execute(get("http://w7s.example/x"), TIMEOUT)).status())
            .isEqualTo(407);
        assertThat(proxy.requests()).hasSize(1);
      }
    }
  }

  /** A tunnel is not the attempt's request: nothing has reached the platform yet. */
  @Test
  void stillAsksTheProxyAuthenticatorForATunnel() throws Exception {
    try (RawServer proxy =
        RawServer.serving(
            connection -> {
              while (true) {
                boolean again = connection.request().header("x-again").isEmpty();
                connection.send(
                    "HTTP/1.1 " + (again ? 407 : 403) + " x\r\ncontent-length: 0\r\n\r\n");
              }
            })) {
      OkHttpClient proxied =
          eager
              .newBuilder()
              .proxyAuthenticator(
                  (route, response) ->
                      response.header("proxy-authenticate", "").equals("OkHttp-Preemptive")
                          ? null
                          : again.authenticate(route, response))
              .proxy(
                  new Proxy(
                      Proxy.Type.HTTP,
                      InetSocketAddress.createUnresolved("127.0.0.1", proxy.port())))
              .build();
      try (HttpAttempts attempts = over(proxied)) {
        var none = noResponse(attempts.execute(get("https://w7s.example/x"), TIMEOUT));

        assertThat(none.mayHaveBeenDelivered()).isFalse();
        assertThat(none.message()).contains("CONNECT: 403");
        assertThat(proxy.requests()).hasSize(2);
      }
    }
  }

  /** OkHttp sends over one HTTP/2 connection what it asks of two hosts with one certificate. */
  @Test
  void doesNotRepeatAfter421OnASharedConnection() throws Exception {
    var certificate =
        new HeldCertificate.Builder()
            .addSubjectAlternativeName("one.example")
            .addSubjectAlternativeName("two.example")
            .build();
    var tls =
        new HandshakeCertificates.Builder()
            .heldCertificate(certificate)
            .addTrustedCertificate(certificate.certificate())
            .build();
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    OkHttpClient client =
        eager
            .newBuilder()
            .sslSocketFactory(tls.sslSocketFactory(), tls.trustManager())
            .dns(host -> List.of(loopback))
            .build();
    try (var server = new MockWebServer();
        HttpAttempts attempts = over(client)) {
      server.useHttps(tls.sslSocketFactory());
      server.start(loopback, 0);
      server.enqueue(new MockResponse.Builder().body("one").build());
      server.enqueue(new MockResponse.Builder().code(421).body("not mine").build());
      server.enqueue(new MockResponse.Builder().body("again").build());

      attempts.execute(get("https://one.example:" + server.getPort() + "/x"), TIMEOUT);
      RawResponse response =
          response(
              attempts.execute(get("https://two.example:" + server.getPort() + "/x"), TIMEOUT));

      assertThat(response.status()).isEqualTo(421);
      assertThat(server.getRequestCount()).isEqualTo(2);
      assertThat(server.takeRequest().getConnectionIndex()).isZero();
      assertThat(server.takeRequest().getConnectionIndex()).as("it is shared").isZero();
    }
  }

  static Stream<Arguments> brokenConnections() {
    return Stream.of(AttemptStyle.values())
        .flatMap(style -> Stream.of("GET", "POST").map(method -> Arguments.of(style, method)));
  }

  @ParameterizedTest
  @MethodSource("brokenConnections")
  void doesNotRepeatWhenTheConnectionBreaks(AttemptStyle style, String method) throws Exception {
    try (RawServer server = RawServer.serving(RawServer.Connection::request);
        HttpAttempts attempts = over(eager)) {
      URI url = server.url("/x");

      var none =
          noResponse(
              style.make(attempts, method.equals("GET") ? get(url) : post(url, "{}"), TIMEOUT));

      assertThat(none.mayHaveBeenDelivered()).isTrue();
      assertThat(server.requests()).hasSize(1);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  /** Requests on a kept connection are the ones that OkHttp likes to repeat. */
  @ParameterizedTest
  @MethodSource("brokenConnections")
  void doesNotRepeatWhenAPooledConnectionBreaks(AttemptStyle style, String method)
      throws Exception {
    try (RawServer server =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send(RawServer.ok("one"));
                  connection.request();
                });
        HttpAttempts attempts = over(eager)) {
      URI url = server.url("/x");
      style.make(attempts, get(url), TIMEOUT);

      var none =
          noResponse(
              style.make(attempts, method.equals("GET") ? get(url) : post(url, "{}"), TIMEOUT));

      assertThat(none.mayHaveBeenDelivered()).isTrue();
      assertThat(server.requests()).hasSize(2);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void theClientsSettingsStayAsTheyAre() throws IOException {
    over(eager).close();

    assertThat(eager.authenticator()).isSameAs(again);
    assertThat(eager.retryOnConnectionFailure()).isTrue();
    assertThat(eager.interceptors()).hasSize(1);
  }
}
