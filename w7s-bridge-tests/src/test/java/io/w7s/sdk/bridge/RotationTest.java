package io.w7s.sdk.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.testing.InMemoryW7s;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The secret of a bridge and its service is changed while both work: nothing is refused. */
@Timeout(300)
class RotationTest {

  /** How many at each of the five stages; {@code -Dw7s.rotated} sets how many in all. */
  private static final int EACH = Integer.getInteger("w7s.rotated", 2_500) / 5;

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Integer> JOBS = WORKER.queue("jobs", Integer.class);
  private static final String UNTIL = "2099-01-01T00:00:00Z";

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final List<Integer> handled = new ArrayList<>();
  private final W7sApp app =
      W7sApp.builder(WORKER).on(JOBS, message -> handled.add(message.body())).build();
  private final InMemoryW7s w7s = InMemoryW7s.create();
  private volatile AppHandler signed;
  private LoopbackServer service;
  private LoopbackServer platform;
  private BridgeProcess bridge;
  private SigningSecrets secrets;
  private int sent;

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

  @Test
  void firstTheBridgeGetsTheNewSecretAndThenTheService() {
    BridgeProcess.assumeInstalled();
    service = opened(LoopbackServer.start(request -> signed.handle(request)));
    platform =
        opened(LoopbackServer.start(request -> w7s.platform().controlPlane().handle(request)));
    SigningSecrets before = SigningSecrets.of(Secrets.ONE);
    SigningSecrets after = SigningSecrets.of(Secrets.OTHER);

    serveWith(before);
    bridgeWith(Secrets.ONE, null);
    work();
    bridgeWith(Secrets.OTHER, Secrets.ONE);
    work();
    serveWith(after.withPrevious(Secrets.ONE, Instant.parse(UNTIL)));
    work();
    bridgeWith(Secrets.OTHER, null);
    work();
    serveWith(after);
    work();

    assertThat(handled).hasSize(5 * EACH);
  }

  private void serveWith(SigningSecrets changed) {
    secrets = changed;
    signed = SignedHandler.builder(app, changed).build();
  }

  private void bridgeWith(String secret, String previous) {
    w7s.platform().deploy(Deployment.of(app)); // for its tokens
    Tokens tokens =
        w7s.platform().deployment(AppInstance.of(app.id())).orElseThrow().tokens().orElseThrow();
    bridge =
        opened(
            BridgeProcess.builder()
                .variable("W7S_BRIDGE_ORIGIN", service.url().toString())
                .variable("W7S_BRIDGE_SECRET", secret)
                .variable("W7S_BRIDGE_PREVIOUS_SECRET", previous)
                .variable("W7S_BRIDGE_PREVIOUS_SECRET_UNTIL", previous == null ? null : UNTIL)
                .variable("W7S_QUEUE_TOKEN", tokens.queue())
                .binding("W7S_QUEUE", platform.url())
                .start());
    w7s.platform()
        .deploy(
            Deployment.of(app.id(), app.manifest(), new BridgedBackend(bridge)).withTokens(tokens));
  }

  /** The service sends messages to itself, each of which is delivered at its first attempt. */
  private void work() {
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app(app.id())
            .bridgeUrl(bridge.url())
            .bridgeSecrets(secrets)
            .build();
    try (W7s client = W7s.of(config)) {
      for (int i = 0; i < EACH; i++) {
        client.queues().send(JOBS, sent++);
      }
    }
    assertThat(w7s.runUntilIdle().toString()).doesNotContain("attempt 2", "retry", "failed");
    assertThat(handled).as("messages handled").hasSize(sent);
  }
}
