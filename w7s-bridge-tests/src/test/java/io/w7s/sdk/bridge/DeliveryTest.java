package io.w7s.sdk.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Caller;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The emulated platform delivers through a bridge to an app that takes only what is signed. */
@Timeout(60)
class DeliveryTest {

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<String> JOBS = WORKER.queue("jobs", String.class);
  private static final SubjectRef<String> CREATED = SubjectRef.of("orders.created", String.class);
  private static final WorkflowRef<String, String> BUILD =
      WORKER.workflow("build", String.class, String.class);
  private static final RpcRef<String, String> ECHO =
      WORKER.post("/echo", String.class, String.class);
  private static final ScheduleRef NIGHTLY = ScheduleRef.of("0 3 * * *", "/nightly");

  private final List<String> handled = new CopyOnWriteArrayList<>();
  private final W7sApp app =
      W7sApp.builder(WORKER)
          .on(JOBS, message -> handled.add("job " + message.body()))
          .on(CREATED, "events", event -> handled.add("event " + event.data()))
          .on(BUILD, run -> "built " + run.payload())
          .on(NIGHTLY, run -> handled.add("nightly"))
          .on(
              ECHO,
              request ->
                  request.caller().map(Caller::toString).orElse("nobody") + " " + request.body())
          .build();

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private LoopbackServer service;
  private BridgeProcess bridge;

  @BeforeEach
  void start() {
    BridgeProcess.assumeInstalled();
    open(TimeSource.system());
  }

  private void open(TimeSource clock) {
    AppHandler signed =
        SignedHandler.builder(app, SigningSecrets.of(Secrets.ONE)).time(clock).build();
    service = LoopbackServer.start(signed);
    bridge =
        BridgeProcess.builder()
            .variable("W7S_BRIDGE_ORIGIN", service.url().toString())
            .variable("W7S_BRIDGE_SECRET", Secrets.ONE)
            .start();
    w7s.deploy(WORKER.toString(), app.manifest(), new BridgedBackend(bridge));
  }

  @AfterEach
  void close() {
    if (bridge != null) {
      bridge.close();
      service.close();
    }
  }

  private W7s shop() {
    return w7s.as("acme/shop");
  }

  @Test
  void messagesEventsWorkflowsSchedulesAndRpcsArrive() {
    shop().queues().send(JOBS, "a");
    shop().events().publish(CREATED, "b").orThrow();
    var build = shop().workflows().start(BUILD, "c");
    w7s.runUntilIdle();
    DeliveryResult nightly = w7s.fire("acme/worker", NIGHTLY);

    assertThat(handled).containsExactlyInAnyOrder("job a", "event b", "nightly");
    assertThat(nightly.status()).isEqualTo(DeliveryResult.Status.DONE);
    assertThat(build.await(Duration.ofSeconds(1))).isEqualTo("built c");
    assertThat(shop().rpc().call(ECHO, "d")).isEqualTo("acme/shop (production) d");
  }

  @Test
  void whatIsNotSignedByTheBridgeReachesNoHandler() {
    var stranger = new BridgedBackend(service.url());

    for (String path : List.of("/_w7s/queues/jobs", "/_w7s/workflows/build", "/nightly", "/echo")) {
      AppRequest request = Secrets.unsigned("POST", path, "", "\"x\"");
      AppResponse response =
          stranger.handle(
              Secrets.with(
                  request,
                  request.headers().with("x-w7s-queue", "jobs").with("x-w7s-schedule", "1")));
      assertThat(response.status()).as(path).isEqualTo(401);
    }
    assertThat(handled).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"-240, true", "240, true", "-360, false", "360, false"})
  void clocksMayBeFiveMinutesApart(int seconds, boolean arrives) throws Exception {
    close();
    open(clock(seconds));
    shop().queues().send(JOBS, "a");

    w7s.advance(Duration.ofSeconds(5));

    assertThat(handled).isEqualTo(arrives ? List.of("job a") : List.of());
    if (!arrives) {
      assertThat(bridge.awaitLog(line -> line.contains("skew")))
          .containsPattern("queue /_w7s/queues/jobs: skew -?3[56][0-9] s");
    }
  }

  /** Returns a clock that stands still, so much ahead of the machine's. */
  private static TimeSource clock(int seconds) {
    return InMemoryW7s.builder().start(Instant.now().plusSeconds(seconds)).build().time();
  }
}
