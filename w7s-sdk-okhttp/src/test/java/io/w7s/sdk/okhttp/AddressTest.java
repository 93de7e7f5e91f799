package io.w7s.sdk.okhttp;

import static io.w7s.sdk.okhttp.Exchanges.body;
import static io.w7s.sdk.okhttp.Exchanges.get;
import static io.w7s.sdk.okhttp.Exchanges.noResponse;
import static io.w7s.sdk.okhttp.Exchanges.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.TimeSource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A host with several addresses, some of which do not answer. */
@Timeout(60)
@EnabledOnOs(value = OS.LINUX, disabledReason = "needs 127.0.0.2 and a port that does not answer")
class AddressTest {

  private static final int MAX = 1024;

  /** Less than an address that does not answer would take, which is minutes. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static InetAddress loopback(int last) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  private static RawServer serverAt(int last, int port) throws UnknownHostException {
    return RawServer.servingAt(
        new InetSocketAddress(loopback(last), port),
        connection -> {
          while (true) {
            connection.request();
            connection.send(RawServer.ok("here"));
          }
        });
  }

  private static HttpAttempts attempts(OkHttpClient.Builder client) {
    return HttpAttempts.ofOwnClient(
        "test", TIMEOUT, own -> client.build().newBuilder(), TimeSource.system(), MAX);
  }

  private static URI url(int port) {
    return URI.create("http://w7s.example:" + port + "/x");
  }

  @ParameterizedTest
  @EnumSource
  void goesOnToTheNextAddress(AttemptStyle style) throws Exception {
    InetAddress deafAddress = loopback(1);
    InetAddress live = loopback(2);
    try (var deaf = new DeafPort();
        RawServer server = serverAt(2, deaf.port());
        HttpAttempts attempts =
            attempts(new OkHttpClient.Builder().dns(host -> List.of(deafAddress, live)))) {
      Outcome<RawResponse> outcome = style.make(attempts, post(url(deaf.port()), "{}"), TIMEOUT);

      assertThat(body(outcome)).isEqualTo("here");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void goesOnPastSeveralAddresses() throws Exception {
    var addresses = new ArrayList<InetAddress>();
    try (var deaf = new DeafPort()) {
      for (int i = 0; i < 5; i++) {
        addresses.add(loopback(1));
      }
      addresses.add(loopback(2));
      try (RawServer server = serverAt(2, deaf.port());
          HttpAttempts attempts = attempts(new OkHttpClient.Builder().dns(host -> addresses))) {
        assertThat(body(attempts.execute(get(url(deaf.port())), TIMEOUT))).isEqualTo("here");
        assertThat(server.requests()).hasSize(1);
      }
    }
  }

  @Test
  void goesOnWithAClientThatWouldNot() throws Exception {
    InetAddress deafAddress = loopback(1);
    InetAddress live = loopback(2);
    var theirs =
        new OkHttpClient.Builder()
            .fastFallback(false)
            .dns(host -> List.of(deafAddress, live))
            .build();
    try (var deaf = new DeafPort();
        RawServer server = serverAt(2, deaf.port());
        HttpAttempts attempts = HttpAttempts.over(theirs, TimeSource.system(), MAX)) {
      assertThat(body(attempts.execute(get(url(deaf.port())), TIMEOUT))).isEqualTo("here");
      assertThat(server.requests()).hasSize(1);
    } finally {
      theirs.connectionPool().evictAll();
    }
  }

  @Test
  void goesOnToTheNextAddressOfAProxy() throws Exception {
    InetAddress deafAddress = loopback(1);
    InetAddress live = loopback(2);
    try (var deaf = new DeafPort();
        RawServer proxy = serverAt(2, deaf.port());
        HttpAttempts attempts =
            attempts(
                new OkHttpClient.Builder()
                    .proxy(
                        new Proxy(
                            Proxy.Type.HTTP,
                            InetSocketAddress.createUnresolved("proxy.example", deaf.port())))
                    .dns(host -> List.of(deafAddress, live)))) {
      assertThat(body(attempts.execute(get("http://w7s.example/x"), TIMEOUT))).isEqualTo("here");
      assertThat(proxy.requests()).hasSize(1);
    }
  }

  /** The second address would answer, but the request may have reached the first. */
  @Test
  void doesNotGoOnOnceTheRequestIsWritten() throws Exception {
    InetAddress first = loopback(2);
    InetAddress second = loopback(3);
    try (RawServer breaking =
            RawServer.servingAt(new InetSocketAddress(first, 0), RawServer.Connection::request);
        RawServer answering = serverAt(3, breaking.port());
        HttpAttempts attempts =
            attempts(new OkHttpClient.Builder().dns(host -> List.of(first, second)))) {
      var none = noResponse(attempts.execute(get(url(breaking.port())), TIMEOUT));

      assertThat(none.mayHaveBeenDelivered()).isTrue();
      assertThat(breaking.requests()).hasSize(1);
      assertThat(answering.requests()).isEmpty();
    }
  }

  /** Notes that a connection is being opened. */
  private static final class Connecting extends EventListener {
    final CountDownLatch begun = new CountDownLatch(1);

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
      begun.countDown();
    }
  }

  @Test
  void anInterruptEndsTheWaitForAnAddress() throws Exception {
    var connecting = new Connecting();
    var outcome = new CompletableFuture<Outcome<?>>();
    try (var deaf = new DeafPort();
        HttpAttempts attempts = attempts(new OkHttpClient.Builder().eventListener(connecting))) {
      var caller =
          new Thread(
              () -> {
                Outcome<?> interrupted = attempts.execute(get(deaf.url()), Duration.ofMinutes(10));
                outcome.complete(Thread.currentThread().isInterrupted() ? interrupted : null);
              });
      caller.start();
      connecting.begun.await();

      caller.interrupt();

      var none = noResponse(outcome.get(10, TimeUnit.SECONDS));
      assertThat(none.failure()).isEqualTo(Failure.INTERRUPTED);
      assertThat(none.mayHaveBeenDelivered()).isFalse();
    }
  }

  @Test
  void closingEndsTheWaitForAnAddress() throws Exception {
    var connecting = new Connecting();
    try (var deaf = new DeafPort();
        HttpAttempts attempts = attempts(new OkHttpClient.Builder().eventListener(connecting))) {
      var pending = attempts.executeAsync(get(deaf.url()), Duration.ofMinutes(10));
      connecting.begun.await();

      attempts.close();

      var none = noResponse(pending.get(10, TimeUnit.SECONDS));
      assertThat(none.failure()).isEqualTo(Failure.CLOSED);
      assertThat(none.mayHaveBeenDelivered()).isFalse();
    }
  }
}
