package io.w7s.sdk.local;

import static io.w7s.sdk.local.Calls.query;
import static io.w7s.sdk.local.Calls.start;
import static io.w7s.sdk.local.LocalQueueTest.failing;
import static io.w7s.sdk.local.LocalQueueTest.refused;
import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class LocalWorkflowTest {

  private static final String ID = "feature-x-acme-worker-check-out-order-1";

  private final VirtualTime time = Calls.virtualTime();

  private static WorkflowStatus status(Transport transport) {
    return succeeded(CallStyle.BLOCKING.make(transport, query(ID))).status();
  }

  @ParameterizedTest
  @EnumSource
  void startsAtOnceAndKeepsTheOutput(CallStyle style) throws Exception {
    try (RawServer worker =
            RawServer.answering(
                "HTTP/1.1 201 x\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\r\ndone");
        Transport transport = Calls.transport(worker.url("/worker"), time)) {
      WorkflowInstance instance = succeeded(style.make(transport, start("order_1", "{\"a\":1}")));
      assertThat(instance).isEqualTo(new WorkflowInstance(ID, WorkflowStatus.of(State.QUEUED)));
      assertThat(worker.requests()).isEmpty();
      time.runUntilIdle(10);

      assertThat(status(transport).state()).isEqualTo(State.COMPLETE);
      assertThat(status(transport).output())
          .hasValue(new WorkflowStatus.Output(201, "text/plain", "done"));
      RawServer.Request seen = worker.requests().get(0);
      assertThat(seen.line()).isEqualTo("POST /worker/_w7s/workflows/check_out HTTP/1.1");
      assertThat(seen.header("x-w7s-workflow")).isEqualTo("1");
      assertThat(seen.header("x-w7s-workflow-name")).isEqualTo("check_out");
      assertThat(seen.header("x-w7s-workflow-instance")).isEqualTo(ID);
      assertThat(seen.header("x-w7s-queue")).isEmpty();
      assertThat(seen.body())
          .contains("\"workflow\":\"check_out\"")
          .contains("\"workflowName\":\"check_out\"")
          .contains("\"instanceId\":\"" + ID + "\"")
          .contains("\"createdAt\":\"")
          .contains("\"repository\":\"acme/shop\",\"environment\":\"feature-x\"")
          .contains("\"payload\":{\"a\":1}");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "order-123, order-123",
    "'Order #123/Überweg', order-123-berweg",
    "id-abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij, id-abcdefghijabcdefghijabcdefghijabcdefg",
  })
  void makesInstanceIdsAsThePlatform(String given, String expected) {
    try (Transport transport = Calls.transport(ClosedPort.url(""), time)) {
      assertThat(succeeded(CallStyle.BLOCKING.make(transport, start(given, "1"))).id())
          .isEqualTo("feature-x-acme-worker-check-out-" + expected);
    }
  }

  @Test
  void makesAnIdForEachStartWithoutOne() {
    try (Transport transport = Calls.transport(ClosedPort.url(""), time)) {
      String one = succeeded(CallStyle.BLOCKING.make(transport, start(null, "1"))).id();
      String other = succeeded(CallStyle.BLOCKING.make(transport, start(null, "1"))).id();

      assertThat(one).startsWith("feature-x-acme-worker-check-out-").isNotEqualTo(other);
    }
  }

  @Test
  void anIdOfWhichNothingIsLeftBecomesTheSameForAll() {
    try (Transport transport = Calls.transport(ClosedPort.url(""), time)) {
      assertThat(succeeded(CallStyle.BLOCKING.make(transport, start("###", "1"))).id())
          .endsWith("-worker");
    }
  }

  @Test
  void findsNoInstanceThatWasNotStartedHere() {
    try (Transport transport = Calls.transport(ClosedPort.url(""), time)) {
      assertThat(refused(CallStyle.BLOCKING.make(transport, query(ID))).status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesAnAppWithoutUrlBeforeAccepting(CallStyle style) {
    try (Transport transport = Calls.transport(Calls.config(), time)) {
      assertThatThrownBy(() -> style.make(transport, start("order-1", "1")))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("w7s.local.apps.acme/worker");
    }
  }

  @Test
  void runsAnInstanceOnce() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok("ok"));
        Transport transport = Calls.transport(worker.url("/worker"), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, start("order-1", "1")));
      time.runUntilIdle(10);

      WorkflowInstance again = succeeded(CallStyle.ASYNC.make(transport, start("order-1", "2")));
      time.runUntilIdle(10);
      assertThat(again.status()).isEqualTo(status(transport));
      assertThat(again.status().state()).isEqualTo(State.COMPLETE);
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void isRunningUntilTheWorkflowResponds() throws Exception {
    var arrived = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    WorkflowRef<String, String> checkOut =
        AppRef.of("acme/worker").workflow("check_out", String.class, String.class);
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                checkOut,
                run -> {
                  arrived.countDown();
                  release.await();
                  return "paid " + run.payload();
                })
            .build();
    try (LocalAppServer server = LocalAppServer.start(app);
        LocalTransport transport = (LocalTransport) Calls.transport(server.url())) {
      succeeded(CallStyle.BLOCKING.make(transport, start("order-1", "\"cart\"")));
      arrived.await();
      assertThat(status(transport)).isEqualTo(WorkflowStatus.of(State.RUNNING));
      release.countDown();
      transport.close();

      WorkflowInstance ended = transport.platform().workflows().find(ID).orElseThrow();
      assertThat(ended.status().output().orElseThrow().body()).isEqualTo("\"paid cart\"");
    }
  }

  @Test
  void retriesAWorkflowAfter10And20And40Seconds() throws Exception {
    try (RawServer worker = RawServer.answering(failing(500, "{\"error\":\"no cart\"}"));
        Transport transport = Calls.transport(worker.url("/worker"), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, start("order-1", "1")));
      for (int seconds : new int[] {0, 10, 20, 40}) {
        int before = worker.requests().size();
        time.advance(ofSeconds(seconds));
        assertThat(worker.requests()).hasSize(before + 1);
      }

      assertThat(status(transport).state()).isEqualTo(State.ERRORED);
      assertThat(status(transport).error().orElseThrow())
          .contains("acme/worker")
          .endsWith("responded with 500: no cart");
    }
  }

  @Test
  void waitsForAnAppThatIsDown() {
    try (Transport transport = Calls.transport(ClosedPort.url("/worker"), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, start("order-1", "1")));
      time.advance(Duration.ZERO);
      assertThat(status(transport).state()).isEqualTo(State.WAITING);
    }
  }

  @Test
  void cutsAnOutputTo65536Characters() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok("x".repeat(70_000)));
        Transport transport = Calls.transport(worker.url("/worker"), time)) {
      succeeded(CallStyle.BLOCKING.make(transport, start("order-1", "1")));
      time.runUntilIdle(10);
      assertThat(status(transport).output().orElseThrow().body()).hasSize(65_536);
    }
  }

  @Test
  void awaitsTheTypedOutput() {
    WorkflowRef<String, Integer> length =
        AppRef.of("acme/worker").workflow("length", String.class, Integer.class);
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/worker")).on(length, run -> run.payload().length()).build();
    try (LocalAppServer server = LocalAppServer.start(app)) {
      W7sConfig config = Calls.config().localApp(Calls.WORKER, server.url()).build();
      try (W7s w7s = W7s.of(config)) {
        assertThat(w7s.workflows().start(length, "four").await(Duration.ofSeconds(10)))
            .isEqualTo(4);
      }
    }
  }
}
