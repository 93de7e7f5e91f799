package io.w7s.sdk.local;

import static io.w7s.sdk.local.Calls.get;
import static io.w7s.sdk.local.Calls.post;
import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.local.internal.transport.LocalHttp;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.okhttp.DeafPort;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Outcome.Failure;
import io.w7s.sdk.spi.Outcome.NoResponse;
import io.w7s.sdk.spi.Transport;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can go wrong with a call, and what is then known about its delivery. */
@Timeout(60)
class LocalFailureTest {

  @ParameterizedTest
  @EnumSource
  void saysWhatToChangeWhenTheAppIsDown(CallStyle style) {
    URI closed = ClosedPort.url("/worker");
    try (Transport transport = Calls.transport(closed)) {
      NoResponse<?> outcome = none(style.make(transport, post("/x", "{}")));

      assertThat(outcome.failure()).isEqualTo(Failure.BROKEN);
      assertThat(outcome.mayHaveBeenDelivered()).isFalse();
      assertThat(outcome.message())
          .startsWith("acme/worker at " + closed)
          .contains("w7s.local.apps.acme/worker")
          .contains("W7S_LOCAL_ACME_WORKER_URL");
      assertThat(outcome.cause()).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void deliversNothingToAnUnknownHost(CallStyle style) {
    // RFC 6761: a name under .invalid never resolves
    try (Transport transport = Calls.transport(URI.create("http://worker.invalid/worker"))) {
      NoResponse<?> outcome = none(style.make(transport, post("/x", "{}")));

      assertThat(outcome.failure()).isEqualTo(Failure.BROKEN);
      assertThat(outcome.mayHaveBeenDelivered()).isFalse();
      assertThat(outcome.message()).contains("worker.invalid").contains("w7s.local.apps");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void deliversNothingWhenConnectingTimesOut() throws Exception {
    try (var deaf = new DeafPort();
        Transport transport = Calls.transport(deaf.url())) {
      NoResponse<?> outcome =
          none(CallStyle.BLOCKING.make(transport, post("/x", "{}"), Duration.ofMillis(200)));

      assertThat(outcome.failure()).isEqualTo(Failure.TIMED_OUT);
      assertThat(outcome.mayHaveBeenDelivered()).isFalse();
      assertThat(outcome.message()).contains("w7s.local.apps.acme/worker");
    }
  }

  @ParameterizedTest
  @EnumSource
  void leavesDeliveryUnknownWhenTheAppHangsUp(CallStyle style) throws Exception {
    try (RawServer worker = RawServer.serving(RawServer.Connection::request);
        Transport transport = Calls.transport(worker.url("/worker"))) {
      NoResponse<?> outcome = none(style.make(transport, post("/x", "{}")));

      assertThat(outcome.failure()).isEqualTo(Failure.BROKEN);
      assertThat(outcome.mayHaveBeenDelivered()).isTrue();
      assertThat(outcome.message()).contains("acme/worker at " + worker.url("/worker/x"));
      assertThat(worker.requests()).hasSize(1);
      assertThat(worker.connections()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "\u0000\u0001\u0002",
      })
  void reportsAMalformedResponseAsBroken(String garbage) throws Exception {
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send(garbage);
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      NoResponse<?> outcome = none(CallStyle.BLOCKING.make(transport, post("/x", "{}")));

      assertThat(outcome.failure()).isEqualTo(Failure.BROKEN);
      assertThat(outcome.mayHaveBeenDelivered()).isTrue();
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsNoResponseOfMoreThan10MiB(boolean declared) throws Exception {
    int size = LocalHttp.MAX_RESPONSE_BYTES + 1;
    String head = declared ? "content-length: " + size + "\r\n" : "connection: close\r\n";
    try (RawServer worker =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send("HTTP/1.1 200 OK\r\n" + head + "\r\n" + "x".repeat(size));
                });
        Transport transport = Calls.transport(worker.url("/worker"))) {
      NoResponse<?> outcome = none(CallStyle.BLOCKING.make(transport, get("/x")));

      assertThat(outcome.failure()).isEqualTo(Failure.TOO_LARGE);
      assertThat(outcome.mayHaveBeenDelivered()).isTrue();
      assertThat(outcome.message()).contains("more than 10485760 bytes");
    }
  }

  @Test
  void readsAResponseOf10MiB() throws Exception {
    try (RawServer worker =
            RawServer.answering(RawServer.ok("x".repeat(LocalHttp.MAX_RESPONSE_BYTES)));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      RawResponse response = succeeded(CallStyle.BLOCKING.make(transport, get("/x")));

      assertThat(response.body()).hasSize(LocalHttp.MAX_RESPONSE_BYTES);
    }
  }

  static NoResponse<?> none(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(NoResponse.class);
    return (NoResponse<?>) outcome;
  }
}
