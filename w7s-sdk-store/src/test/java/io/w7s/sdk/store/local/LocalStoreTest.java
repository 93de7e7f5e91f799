package io.w7s.sdk.store.local;

import static io.w7s.sdk.testing.assertj.W7sAssertions.assertThat;
import static io.w7s.sdk.testing.assertj.W7sAssertions.assertThatThrownBy;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Environment;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.local.LocalTransport;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.store.ChildJvm;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.BufferedReader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Local mode with {@code w7s.local.store}. */
class LocalStoreTest {

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<String> JOBS = WORKER.queue("jobs", String.class);
  private static final WorkflowRef<String, String> ECHO =
      WORKER.workflow("echo", String.class, String.class);

  private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
  private final List<String> handled = new ArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @TempDir private Path folder;
  private LocalAppServer server;
  private boolean down;

  @BeforeEach
  void startTheWorkerAndListen() {
    server =
        LocalAppServer.start(
            W7sApp.builder(WORKER)
                .on(
                    JOBS,
                    message -> {
                      if (down) {
                        throw new IllegalStateException("down");
                      }
                      handled.add(message.body() + "#" + message.attempt() + " at " + time.now());
                    })
                .build());
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stop() {
    logger().detachAppender(log);
    server.close();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("io.w7s.sdk.local");
  }

  private W7sConfig.Builder config() {
    return W7sConfig.builder()
        .mode(W7sConfig.Mode.LOCAL)
        .app("acme/shop")
        .localStore(folder.resolve("messages.db"));
  }

  private W7sConfig.Builder withWorker() {
    return config().localApp(WORKER.id(), server.url());
  }

  private LocalTransport local(W7sConfig.Builder config) {
    return LocalTransport.builder(config.build()).time(time).build();
  }

  private W7s w7s(LocalTransport local) {
    return W7s.builder(withWorker().build()).transport(local).build();
  }

  private void sendAndClose() {
    LocalTransport local = local(withWorker());
    try (W7s w7s = w7s(local)) {
      w7s.queues().send(JOBS, "later", send -> send.delay(ofSeconds(60)));
    }
    assertThat(local.lost().isEmpty()).isTrue();
  }

  private List<String> warnings() {
    return log.list.stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(ch.qos.logback.classic.Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void aClosedSenderLosesNothing() {
    sendAndClose();
    assertThat(warnings()).isEmpty();
    time.advance(ofSeconds(20));

    try (LocalTransport next = local(withWorker())) {
      assertThat(next.platform().queues().all()).hasSize(1);
      time.runUntilIdle(100);
    }

    assertThat(handled).containsExactly("later#1 at 2026-05-25T12:01:00Z");
    try (LocalTransport last = local(withWorker())) {
      assertThat(last.platform().queues().all()).isEmpty();
    }
  }

  @Test
  void anAttemptThatFailedCountsForTheNextProcess() {
    down = true;
    LocalTransport local = local(withWorker());
    try (W7s w7s = w7s(local)) {
      w7s.queues().send(JOBS, "job");
      time.advance(ofSeconds(15));
    }
    down = false;

    try (LocalTransport next = local(withWorker())) {
      time.runUntilIdle(100);
      assertThat(next.lost().isEmpty()).isTrue();
    }

    assertThat(handled).containsExactly("job#3 at 2026-05-25T12:00:20Z");
  }

  @Test
  void deadLettersAndWorkflowsAreNotKeptAndSaidToBeLost() {
    down = true;
    LocalTransport local = local(withWorker());
    try (W7s w7s = w7s(local)) {
      w7s.queues().send(JOBS, "job");
      time.advance(ofSeconds(60));
      w7s.queues().send(JOBS, "later", send -> send.delay(ofSeconds(60)));
      w7s.workflows().start(ECHO, "again", start -> start.instanceId("order-1"));
    }

    assertThat(local.lost().messageCount()).isEqualTo(1);
    assertThat(local.lost().workflowInstances()).hasSize(1);
    assertThat(warnings()).anyMatch(line -> line.contains("lost 1 message ("));
  }

  @Test
  void messagesForAnAppWithoutUrlWaitForOne() {
    sendAndClose();
    try (LocalTransport next = local(config())) {
      time.advance(ofMinutes(10));
      assertThat(next.platform().queues().all()).isEmpty();
    }
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains(
            "1 messages of queue acme/worker/jobs in production were kept, and stay in the store")
        .contains("w7s.local.apps.acme/worker");

    try (LocalTransport last = local(withWorker())) {
      time.runUntilIdle(100);
      assertThat(last.lost().isEmpty()).isTrue();
    }
    assertThat(handled).hasSize(1);
  }

  @Test
  void messagesOfAnotherEnvironmentStayThere() {
    sendAndClose();

    local(withWorker().environment(Environment.of("feature-x"))).close();

    assertThat(warnings()).singleElement().asString().contains("this process is in feature-x");
  }

  @Test
  void messagesForAQueueThatIsNoLongerDeclaredStayThere() {
    sendAndClose();

    local(withWorker().localManifest(WORKER.id(), Manifest.empty())).close();

    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("the manifest of the app does not declare the queue");
  }

  @Test
  void twoSendersCannotShareAFile() {
    try (LocalTransport first = local(withWorker())) {
      assertThatThrownBy(() -> W7s.of(withWorker().build()))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("another process or another W7s uses it");
      assertThat(first.platform().queues().all()).isEmpty();
    }
    W7s.of(withWorker().build()).close();
  }

  @Test
  void aTransportThatCannotBeMadeReleasesTheFile() {
    assertThatThrownBy(
            () ->
                LocalTransport.builder(withWorker().build())
                    .platform(
                        settings -> {
                          throw new IllegalStateException("no settings");
                        })
                    .build())
        .hasMessage("no settings");

    sendAndClose();
  }

  @Test
  void aMissingDriverIsNamed() throws Exception {
    Process child = ChildJvm.startWithout("sqlite-jdbc", WithoutDriver.class);
    try (BufferedReader output = child.inputReader()) {
      assertThat(output.readLine())
          .contains("the SQLite driver is missing. Add org.xerial:sqlite-jdbc");
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  /** Prints why a store cannot be opened. */
  static final class WithoutDriver {

    private WithoutDriver() {}

    public static void main(String[] args) {
      try {
        LocalTransport.builder(
                W7sConfig.builder()
                    .mode(W7sConfig.Mode.LOCAL)
                    .app("acme/shop")
                    .localApp(WORKER.id(), URI.create("http://127.0.0.1:1/worker"))
                    .localStore(Path.of("messages.db"))
                    .build())
            .build();
      } catch (ConfigurationException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
