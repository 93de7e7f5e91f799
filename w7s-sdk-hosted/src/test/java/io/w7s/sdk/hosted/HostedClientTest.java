package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.W7s;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.retry.RetryPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.SocketFactory;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections, and a client that the user hands in. */
@Timeout(60)
class HostedClientTest {

  private static final int REFUSED_STREAM = 7;

  private final HeldCertificate certificate =
      new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  private final HandshakeCertificates tls =
      new HandshakeCertificates.Builder()
          .heldCertificate(certificate)
          .addTrustedCertificate(certificate.certificate())
          .build();
  private final Sockets sockets = new Sockets();
  private final OkHttpClient theirs =
      new OkHttpClient.Builder()
          .sslSocketFactory(tls.sslSocketFactory(), tls.trustManager())
          .eventListener(sockets)
          .build();

  @AfterEach
  void closeTheirs() {
    theirs.dispatcher().executorService().shutdown();
    theirs.connectionPool().evictAll();
  }

  private static W7s over(OkHttpClient client, URI platform) {
    var config = Shop.config(platform).build();
    return W7s.builder(config)
        .transport(HostedTransport.builder(config).client(client).build())
        .options(call -> call.retry(RetryPolicy.none()))
        .build();
  }

  /** What OkHttp used, as a user's own listener sees it. */
  private static final class Sockets extends EventListener {
    final Set<Connection> connections = new java.util.LinkedHashSet<>();
    final List<Boolean> noDelay = new CopyOnWriteArrayList<>();

    @Override
    public synchronized void connectionAcquired(Call call, Connection connection) {
      connections.add(connection);
    }

    @Override
    public synchronized void connectionReleased(Call call, Connection connection) {
      try {
        noDelay.add(connection.socket().getTcpNoDelay());
      } catch (SocketException e) {
        throw new AssertionError(e);
      }
    }
  }

  private MockWebServer overTls() throws IOException {
    var platform = new MockWebServer();
    platform.useHttps(tls.sslSocketFactory());
    platform.start(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
    return platform;
  }

  private static MockResponse ok() {
    return new MockResponse.Builder().body("\"ann\"").build();
  }

  @Test
  void http2IsSpokenWhereThePlatformOffersItAndOneConnectionServesAll() throws Exception {
    try (MockWebServer platform = overTls();
        W7s w7s = over(theirs, platform.url("/").uri())) {
      var calls = new ArrayList<CompletableFuture<String>>();
      platform.enqueue(ok());
      assertThat(w7s.rpc().call(Shop.SESSION)).isEqualTo("ann");
      for (int i = 0; i < 5; i++) {
        platform.enqueue(ok());
        calls.add(w7s.rpc().callAsync(Shop.SESSION));
      }
      for (CompletableFuture<String> call : calls) {
        assertThat(call.get()).isEqualTo("ann");
      }
      for (int i = 0; i < 6; i++) {
        RecordedRequest request = platform.takeRequest();
        assertThat(request.getVersion()).isEqualTo("HTTP/2");
        assertThat(request.getConnectionIndex()).isZero();
      }
    }
  }

  @Test
  void aStreamThatTheServerRefusesUnseenWasNotDelivered() throws Exception {
    try (MockWebServer platform = overTls();
        W7s w7s = over(theirs, platform.url("/").uri())) {
      platform.enqueue(ok());
      platform.enqueue(
          new MockResponse.Builder()
              .onRequestStart(new SocketEffect.CloseStream(REFUSED_STREAM))
              .build());
      w7s.rpc().call(Shop.SESSION);

      TransportException failure =
          catchThrowableOfType(
              TransportException.class, () -> w7s.queues().send(Shop.JOBS, Shop.JOB));

      assertThat(failure.mayHaveBeenDelivered()).isFalse();
      assertThat(failure.retryable()).isTrue();
    }
  }

  @Test
  void everySocketSendsWithoutDelayWithTlsOrWithout() throws Exception {
    try (MockWebServer platform = overTls();
        W7s w7s = over(theirs, platform.url("/").uri())) {
      platform.enqueue(ok());
      w7s.rpc().call(Shop.SESSION);
    }
    try (RawServer platform = RawServer.answering(RawServer.ok("\"ann\""));
        W7s w7s = over(theirs, platform.url(""))) {
      w7s.rpc().call(Shop.SESSION);
    }
    OkHttpClient ownSockets = theirs.newBuilder().socketFactory(new DelayingSockets()).build();
    try (RawServer platform = RawServer.answering(RawServer.ok("\"ann\""));
        W7s w7s = over(ownSockets, platform.url(""))) {
      w7s.rpc().call(Shop.SESSION);
    }
    assertThat(sockets.connections).hasSize(3);
    assertThat(sockets.noDelay).containsExactly(true, true, true);
  }

  /** A factory of the user's own, with sockets as the JDK makes them. */
  private static final class DelayingSockets extends SocketFactory {
    @Override
    public Socket createSocket() {
      return new Socket();
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aHundredCallsAtATimeKeepTheirConnectionsForTheNextHundred() throws Exception {
    int calls = 100;
    var rounds = List.of(new CountDownLatch(calls), new CountDownLatch(calls));
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  for (CountDownLatch round : rounds) {
                    connection.request();
                    round.countDown();
                    try {
                      round.await(); // nobody is answered before everybody is there
                    } catch (InterruptedException e) {
                      return;
                    }
                    connection.send(RawServer.ok("\"ann\""));
                  }
                  connection.awaitEnd();
                });
        W7s w7s = Shop.w7s(platform.url(""))) {
      for (int round = 0; round < rounds.size(); round++) {
        var under = new ArrayList<CompletableFuture<String>>();
        for (int i = 0; i < calls; i++) {
          under.add(w7s.rpc().callAsync(Shop.SESSION));
        }
        for (CompletableFuture<String> call : under) {
          call.get();
        }
      }
      assertThat(platform.connections()).isEqualTo(calls);
    }
  }

  @Test
  void aUsersProxyIsUsedAndGetsTheTunnelAskedForWithoutTheToken() throws Exception {
    try (RawServer proxy =
        RawServer.answering("HTTP/1.1 403 x\r\ncontent-length: 9\r\n\r\nforbidden")) {
      OkHttpClient proxied =
          theirs
              .newBuilder()
              .proxy(
                  new Proxy(
                      Proxy.Type.HTTP,
                      InetSocketAddress.createUnresolved("127.0.0.1", proxy.port())))
              .build();
      try (W7s w7s = over(proxied, URI.create("https://w7s.example"))) {
        TransportException failure =
            catchThrowableOfType(
                TransportException.class, () -> w7s.queues().send(Shop.JOBS, Shop.JOB));

        assertThat(failure.mayHaveBeenDelivered()).isFalse();
        assertThat(failure).hasMessageContaining("CONNECT: 403");
      }
      assertThat(proxy.requests())
          .singleElement()
          .satisfies(
              request -> {
                assertThat(request.line()).startsWith("CONNECT w7s.example:443");
                assertThat(request.head()).doesNotContain("token");
              });
    }
  }

  @Test
  void aClientThatWasHandedInIsStillOpenAfterClose() throws Exception {
    try (RawServer platform = RawServer.answering(RawServer.ok("\"ann\""))) {
      try (W7s w7s = over(theirs, platform.url(""))) {
        w7s.rpc().call(Shop.SESSION);
        assertThat(w7s.rpc().callAsync(Shop.SESSION).get()).isEqualTo("ann");
      }
      assertThat(theirs.dispatcher().executorService().isShutdown()).isFalse();
      assertThat(theirs.connectionPool().connectionCount()).isPositive();
    }
  }
}
