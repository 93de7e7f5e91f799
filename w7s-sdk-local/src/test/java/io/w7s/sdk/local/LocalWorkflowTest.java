package io.w7s.sdk.local;

import static io.w7s.sdk.local.Calls.query;
import static io.w7s.sdk.local.Calls.start;
import static io.w7s.sdk.local.LocalFailureTest.none;
import static io.w7s.sdk.local.LocalQueueTest.refused;
import static io.w7s.sdk.local.LocalRpcTest.succeeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.okhttp.Way;
import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LocalWorkflowTest {

  private static final String ID = "feature-x-acme-worker-check-out-order-1";

  @ParameterizedTest
  @EnumSource
  void aStartRunsTheWorkflowAndItsAnswerIsTheOutput(Way way) throws Exception {
    try (RawServer worker =
            RawServer.answering(
                "HTTP/1.1 201 x\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\r\ndone");
        Transport transport = Calls.transport(worker.url("/worker"))) {
      WorkflowInstance instance = succeeded(way.make(transport, start("order_1", "{\"a\":1}")));

      assertThat(instance.id()).isEqualTo(ID);
      assertThat(instance.status().state()).isEqualTo(State.COMPLETE);
      assertThat(instance.status().output())
          .hasValue(new WorkflowStatus.Output(201, "text/plain", "done"));
      RawServer.Request seen = worker.requests().get(0);
      assertThat(seen.line()).isEqualTo("POST /worker/_w7s/workflows/check_out HTTP/1.1");
      assertThat(seen.header("x-w7s-workflow")).isEqualTo("1");
      assertThat(seen.header("x-w7s-workflow-name")).isEqualTo("check_out");
      assertThat(seen.header("x-w7s-workflow-instance")).isEqualTo(ID);
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
  void anInstanceIdIsMadeAsThePlatformMakesIt(String given, String expected) throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      assertThat(succeeded(Way.BLOCKING.make(transport, start(given, "1"))).id())
          .isEqualTo("feature-x-acme-worker-check-out-" + expected);
    }
  }

  @Test
  void aStartWithoutAnIdGetsOneOfItsOwnEachTime() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      String one = succeeded(Way.BLOCKING.make(transport, start(null, "1"))).id();
      String other = succeeded(Way.BLOCKING.make(transport, start(null, "1"))).id();

      assertThat(one).startsWith("feature-x-acme-worker-check-out-").isNotEqualTo(other);
    }
  }

  @Test
  void anIdOfWhichNothingIsLeftIsRefused() throws Exception {
    try (Transport transport = Calls.transport(ClosedPort.url(""))) {
      assertThat(refused(Way.BLOCKING.make(transport, start("###", "1"))).status()).isEqualTo(400);
    }
  }

  @Test
  void theSameIdIsTheSameInstanceAndRunsOnce() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok("ok"));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      WorkflowInstance first = succeeded(Way.BLOCKING.make(transport, start("order-1", "1")));

      assertThat(succeeded(Way.ASYNC.make(transport, start("order-1", "2")))).isEqualTo(first);
      assertThat(succeeded(Way.BLOCKING.make(transport, query(ID)))).isEqualTo(first);
      assertThat(worker.requests()).hasSize(1);
    }
  }

  @Test
  void anInstanceIsRunningUntilItsWorkflowAnswers() throws Exception {
    var arrived = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    W7sApp app =
        W7sApp.builder("acme/worker")
            .on(
                WorkflowRef.of("check_out", String.class, String.class),
                run -> {
                  arrived.countDown();
                  release.await();
                  return "paid " + run.payload();
                })
            .build();
    try (LocalAppServer server = LocalAppServer.start(app);
        Transport transport = Calls.transport(server.url())) {
      var running =
          transport.executeAsync(
              start("order-1", "\"cart\""), new CallContext(1, Duration.ofSeconds(20)));
      arrived.await();

      for (Answer<WorkflowInstance> answer :
          java.util.List.of(
              Way.BLOCKING.make(transport, query(ID)),
              Way.BLOCKING.make(transport, start("order-1", "\"cart\"")))) {
        assertThat(succeeded(answer).status()).isEqualTo(WorkflowStatus.of(State.RUNNING));
      }
      release.countDown();
      assertThat(succeeded(running.get()).status().output().orElseThrow().body())
          .isEqualTo("\"paid cart\"");
    }
  }

  @Test
  void aWorkflowThatFailsIsAnInstanceThatErroredWithTheReason() throws Exception {
    try (RawServer worker =
            RawServer.answering(
                "HTTP/1.1 500 x\r\ncontent-length: 19\r\n\r\n{\"error\":\"no cart\"}");
        Transport transport = Calls.transport(worker.url("/worker"))) {
      WorkflowStatus status =
          succeeded(Way.BLOCKING.make(transport, start("order-1", "1"))).status();

      assertThat(status.state()).isEqualTo(State.ERRORED);
      assertThat(status.error().orElseThrow()).contains("answered 500").endsWith(": no cart");
    }
  }

  @Test
  void anOutputIsCutTo65536Characters() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok("x".repeat(70_000)));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      assertThat(
              succeeded(Way.BLOCKING.make(transport, start("order-1", "1")))
                  .status()
                  .output()
                  .orElseThrow()
                  .body())
          .hasSize(65_536);
    }
  }

  @Test
  void aStartThatGotNoAnswerCanBeMadeAgain() throws Exception {
    try (RawServer worker = RawServer.serving(RawServer.Connection::request);
        Transport transport = Calls.transport(worker.url("/worker"))) {
      for (int i = 0; i < 2; i++) {
        assertThat(none(Way.BLOCKING.make(transport, start("order-1", "1"))).mayHaveBeenDelivered())
            .isTrue();
      }
      assertThat(worker.requests()).hasSize(2);
      assertThat(refused(Way.BLOCKING.make(transport, query(ID))).status()).isEqualTo(404);
    }
  }

  @Test
  void theNewest1000InstancesAreKnownAndOthersAre404() throws Exception {
    try (RawServer worker = RawServer.answering(RawServer.ok(""));
        Transport transport = Calls.transport(worker.url("/worker"))) {
      for (int i = 0; i <= 1000; i++) {
        succeeded(Way.BLOCKING.make(transport, start("n" + i, "1")));
      }
      String prefix = "feature-x-acme-worker-check-out-n";

      assertThat(refused(Way.BLOCKING.make(transport, query(prefix + 0))).status()).isEqualTo(404);
      succeeded(Way.BLOCKING.make(transport, query(prefix + 1)));
      succeeded(Way.BLOCKING.make(transport, query(prefix + 1000)));
    }
  }

  @Test
  void aHandleAwaitsTheTypedOutput() {
    WorkflowRef<String, Integer> length =
        WorkflowRef.of("acme/worker", "length", String.class, Integer.class);
    W7sApp app = W7sApp.builder("acme/worker").on(length, run -> run.payload().length()).build();
    try (LocalAppServer server = LocalAppServer.start(app)) {
      W7sConfig config = Calls.config().localApp(Calls.WORKER, server.url()).build();
      try (W7s w7s = W7s.of(config)) {
        assertThat(w7s.workflows().start(length, "four").await(Duration.ofSeconds(10)))
            .isEqualTo(4);
      }
    }
  }
}
