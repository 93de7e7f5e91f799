package io.w7s.sdk.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.fixtures.Walk;
import io.w7s.sdk.queue.QueueRef;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The walk of {@code docs/architecture.md} is the one that a local delivery takes. */
@Timeout(60)
class WalkTest {

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<String> JOBS = WORKER.queue("jobs", String.class);

  @Test
  void aLocalDeliveryCrossesTheFilesOfTheWalk() throws Exception {
    var walked = new ArrayBlockingQueue<List<String>>(1);
    W7sApp worker =
        W7sApp.builder(WORKER)
            .on(JOBS, message -> walked.add(Walk.onStack(WalkTest.class)))
            .build();
    try (LocalAppServer server = LocalAppServer.start(worker);
        W7s w7s =
            W7s.of(
                W7sConfig.builder()
                    .app("acme/shop")
                    .localApp("acme/worker", server.url())
                    .build())) {
      w7s.queues().send(JOBS, "mail");
      assertThat(walked.take())
          .hasSizeLessThanOrEqualTo(12)
          .isEqualTo(Walk.documented("A local delivery, from"));
    }
  }
}
