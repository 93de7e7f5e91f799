package io.w7s.sdk.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.okhttp.ClosedPort;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.LinkState;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Processes that are killed while something is delivered: no message is lost. Messages are handled
 * twice where the batch had begun, and with {@code consumption(once)} none is.
 */
@Timeout(120)
class KillTest {

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final WorkflowRef<String, String> BUILD =
      WORKER.workflow("build", String.class, String.class);
  private static final RpcRef<String, String> ECHO =
      WORKER.post("/echo", String.class, String.class);
  private static final int MESSAGES = 5;
  private static final List<Integer> EACH_ONCE = IntStream.range(0, MESSAGES).boxed().toList();

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void requireWorkerd() {
    BridgeProcess.assumeInstalled();
  }

  @AfterEach
  void close() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  private <T extends AutoCloseable> T opened(T closable) {
    opened.add(closable);
    return closable;
  }

  private BridgeProcess bridge(int port) {
    return opened(
        BridgeProcess.builder()
            .variable("W7S_BRIDGE_ORIGIN", "http://127.0.0.1:" + port)
            .variable("W7S_BRIDGE_SECRET", Secrets.ONE)
            .start());
  }

  private void sendAll(AppHandler backend) {
    w7s.deploy("acme/worker", Manifest.empty().withQueue(Manifest.Queue.of("jobs")), backend);
    W7s shop = w7s.as("acme/shop");
    EACH_ONCE.forEach(job -> shop.queues().send(JobService.JOBS, job));
    w7s.runUntilIdle();
  }

  private static List<Integer> andAgain(int messages) {
    return Stream.concat(EACH_ONCE.stream(), IntStream.range(0, messages).boxed())
        .sorted()
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "BEFORE_HANDLING, 0",
    "DURING_HANDLING, 3",
    "AFTER_AN_EFFECT, 4",
    "BEFORE_THE_RESPONSE, 5"
  })
  void aKilledServiceLosesNothing(JobService.Moment moment, int handledTwice, @TempDir Path folder)
      throws Exception {
    assertThat(effects(folder, moment, false)).isEqualTo(andAgain(handledTwice));
  }

  @ParameterizedTest
  @EnumSource
  void aKilledServiceThatConsumesOnceHasEachEffectOnce(
      JobService.Moment moment, @TempDir Path folder) throws Exception {
    assertThat(effects(folder, moment, true)).isEqualTo(EACH_ONCE);
  }

  private List<Integer> effects(Path folder, JobService.Moment moment, boolean once)
      throws Exception {
    DataSource database = JobService.database(folder);
    JobService.migrate(database);
    int port = ClosedPort.url("").getPort();
    var service = opened(new ServiceProcess(folder, port, moment, once));
    var platform = new BridgedBackend(bridge(port));

    sendAll(
        request -> {
          service.ensureAlive();
          return platform.handle(request);
        });

    assertThat(service.starts).as("the process has ended once").isEqualTo(2);
    return JobService.effects(database);
  }

  /** A {@link JobService}, which is started again after its end. */
  private static final class ServiceProcess implements AutoCloseable {

    private final List<String> command = new ArrayList<>();
    private Process process;
    private int starts;

    ServiceProcess(Path folder, int port, JobService.Moment moment, boolean once) {
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-XX:TieredStopAtLevel=1");
      command.addAll(List.of("-cp", classPath(), JobService.class.getName()));
      command.addAll(List.of(folder.toString(), "" + port, moment.name(), "" + once));
    }

    void ensureAlive() {
      if (process != null && process.isAlive()) {
        return;
      }
      try {
        starts++;
        process =
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String line = process.inputReader().readLine();
        while (line != null && !line.equals("serves")) {
          line = process.inputReader().readLine(); // of the log
        }
        assertThat(line).isEqualTo("serves");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Returns the class path: that of the JVM, or of a test runner that has its own loader. */
    private static String classPath() {
      return KillTest.class.getClassLoader() instanceof URLClassLoader loader
          ? Arrays.stream(loader.getURLs())
              .map(URL::getPath)
              .collect(Collectors.joining(File.pathSeparator))
          : System.getProperty("java.class.path");
    }

    @Override
    public void close() throws InterruptedException {
      if (process != null) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  /** When the bridge is killed, or its response lost. */
  enum BridgeMoment {
    BEFORE_IT_FORWARDS,
    WHILE_THE_SERVICE_HANDLES,
    BEFORE_ITS_RESPONSE
  }

  @ParameterizedTest
  @CsvSource({"BEFORE_IT_FORWARDS, 0", "WHILE_THE_SERVICE_HANDLES, 5", "BEFORE_ITS_RESPONSE, 5"})
  void aKilledBridgeLosesNothing(BridgeMoment moment, int handledTwice) {
    assertThat(handled(moment, false)).isEqualTo(andAgain(handledTwice));
  }

  @ParameterizedTest
  @EnumSource
  void behindAKilledBridgeAServiceThatConsumesOnceHandlesEachMessageOnce(BridgeMoment moment) {
    assertThat(handled(moment, true)).isEqualTo(EACH_ONCE);
  }

  private List<Integer> handled(BridgeMoment moment, boolean once) {
    var handled = new CopyOnWriteArrayList<Integer>();
    var app = W7sApp.builder(WORKER);
    if (once) {
      app.consumption(each -> each.once(ProcessedMessages.inMemory()));
    }
    var behind =
        new KilledBridge(
            moment, app.on(JobService.JOBS, message -> handled.add(message.body())).build());

    sendAll(behind);

    assertThat(behind.sent).as("deliveries by the platform").isEqualTo(2);
    return handled.stream().sorted().toList();
  }

  /** The platform delivers a workflow again, and its handler may find that it did its work. */
  @ParameterizedTest
  @CsvSource({"BEFORE_IT_FORWARDS, 1", "WHILE_THE_SERVICE_HANDLES, 2", "BEFORE_ITS_RESPONSE, 2"})
  void aWorkflowBehindAKilledBridgeIsDeliveredAgain(BridgeMoment moment, int handledTimes) {
    var handled = new CopyOnWriteArrayList<String>();
    W7sApp builds =
        W7sApp.builder(WORKER)
            .on(
                BUILD,
                run -> {
                  handled.add(run.payload());
                  return "built " + run.payload();
                })
            .build();
    var behind = new KilledBridge(moment, builds);
    w7s.deploy("acme/worker", builds.manifest(), behind);

    var build = w7s.as("acme/shop").workflows().start(BUILD, "c");

    assertThat(build.await(Duration.ofHours(1))).isEqualTo("built c");
    assertThat(behind.sent).as("deliveries by the platform").isEqualTo(2);
    assertThat(handled).hasSize(handledTimes).containsOnly("c");
  }

  /** Nobody but the caller repeats an RPC, and it is told that the work may be done. */
  @ParameterizedTest
  @CsvSource({"BEFORE_IT_FORWARDS, 0", "WHILE_THE_SERVICE_HANDLES, 1", "BEFORE_ITS_RESPONSE, 1"})
  void theCallerOfAnRpcBehindAKilledBridgeIsTold(BridgeMoment moment, int handledTimes) {
    var handled = new CopyOnWriteArrayList<String>();
    W7sApp echo =
        W7sApp.builder(WORKER)
            .on(
                ECHO,
                request -> {
                  handled.add(request.body());
                  return request.body();
                })
            .build();
    var behind = new KilledBridge(moment, echo);
    w7s.deploy("acme/worker", echo.manifest(), behind);
    W7s shop = w7s.as("acme/shop");

    assertThatThrownBy(() -> shop.rpc().call(ECHO, "c", call -> call.retry(RetryPolicy.none())))
        .isInstanceOf(W7sException.class);

    assertThat(handled).hasSize(handledTimes);
    assertThat(shop.rpc().call(ECHO, "d")).as("after a restart").isEqualTo("d");
  }

  /** A schedule that nobody could run is not run later, but the next one is. */
  @ParameterizedTest
  @CsvSource({"BEFORE_IT_FORWARDS, 1", "WHILE_THE_SERVICE_HANDLES, 2", "BEFORE_ITS_RESPONSE, 2"})
  void behindAKilledBridgeTheNextMinuteOfAScheduleRuns(BridgeMoment moment, int handledTimes) {
    var handled = new CopyOnWriteArrayList<Instant>();
    W7sApp nightly =
        W7sApp.builder(WORKER)
            .on(
                ScheduleRef.of("* * * * *", "/each-minute"),
                run -> handled.add(run.scheduledTime()))
            .build();
    var behind = new KilledBridge(moment, nightly);
    w7s.deploy("acme/worker", nightly.manifest(), behind);

    w7s.advance(Duration.ofMinutes(2));

    assertThat(behind.sent).isEqualTo(2);
    assertThat(handled).hasSize(handledTimes).doesNotHaveDuplicates();
  }

  /**
   * The backend of an app whose bridge is killed once, and started again before the next request.
   */
  private final class KilledBridge implements AppHandler {

    private final BridgeMoment moment;
    private final BridgeProcess bridge;
    private final TcpLink link;
    private final AppHandler platform;
    private int sent;
    private int got;

    KilledBridge(BridgeMoment moment, W7sApp app) {
      this.moment = moment;
      AppHandler service =
          SignedHandler.builder(request -> serve(app, request), SigningSecrets.of(Secrets.ONE))
              .build();
      bridge = bridge(opened(LoopbackServer.start(service)).url().getPort());
      link = opened(TcpLink.to(bridge.port()));
      platform = new BridgedBackend(link.url());
    }

    private AppResponse serve(W7sApp app, AppRequest request) {
      boolean first = ++got == 1;
      AppResponse response = app.handle(request);
      if (first && moment == BridgeMoment.WHILE_THE_SERVICE_HANDLES) {
        bridge.kill();
      }
      return response;
    }

    @Override
    public AppResponse handle(AppRequest request) {
      boolean first = ++sent == 1;
      if (first && moment == BridgeMoment.BEFORE_IT_FORWARDS) {
        bridge.kill();
      }
      link.set(
          first && moment == BridgeMoment.BEFORE_ITS_RESPONSE
              ? LinkState.LOSES_RESPONSES
              : LinkState.GOOD);
      if (sent == 2 && moment != BridgeMoment.BEFORE_ITS_RESPONSE) {
        bridge.restart();
      }
      return platform.handle(request);
    }
  }
}
