package io.w7s.sdk.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.fixtures.IsolatedSdk;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.workflow.WorkflowRef;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Class loaders with the SDK in them, as servers give one to each app. */
@Timeout(120)
class LocalClassLoadersTest {

  private static final int LOADERS = 5;

  /** An app that serves and calls itself in every way, and ends. */
  public static final class App {

    private static final AppRef WORKER = AppRef.of("acme/worker");
    private static final QueueRef<String> JOBS = WORKER.queue("jobs", String.class);
    private static final RpcRef<Void, String> SESSION = WORKER.get("/session", String.class);
    private static final WorkflowRef<String, String> ECHO =
        WORKER.workflow("echo", String.class, String.class);

    private App() {}

    public static void run(String nothing) throws Exception {
      W7sApp worker =
          W7sApp.builder(WORKER)
              .on(JOBS, message -> {})
              .on(SESSION, request -> "ann")
              .on(ECHO, run -> run.payload())
              .build();
      try (LocalAppServer server = LocalAppServer.start(worker);
          W7s w7s =
              W7s.of(
                  W7sConfig.builder()
                      .mode(W7sConfig.Mode.LOCAL)
                      .app("acme/shop")
                      .localApp("acme/worker", server.url())
                      .build())) {
        w7s.rpc().call(SESSION);
        w7s.rpc().callAsync(SESSION).get();
        w7s.queues().send(JOBS, "mail");
        w7s.workflows().start(ECHO, "a").awaitAsync(Duration.ofSeconds(20)).get();
      }
    }
  }

  @Test
  void areCollectedAfterCloseWhenTheLibrariesThreadsHaveEnded() throws Exception {
    var loaders = new ArrayList<WeakReference<IsolatedSdk>>();
    for (int i = 0; i < LOADERS; i++) {
      try (IsolatedSdk sdk = IsolatedSdk.open()) {
        sdk.run(App.class, "");
        sdk.endIdleThreadsOfLibraries();
        loaders.add(new WeakReference<>(sdk));
      }
    }
    IsolatedSdk.forgetComparedRecords();

    assertThat(IsolatedSdk.left(loaders)).isZero();
  }
}
