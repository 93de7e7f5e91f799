package io.w7s.sdk.local;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.queue.QueueRef;
import java.net.URI;

/** acme/shop as a process: sends three messages to an app that is down, and closes. */
final class ClosedProducer {

  private static final QueueRef<String> JOBS = AppRef.of("acme/worker").queue("jobs", String.class);

  private ClosedProducer() {}

  public static void main(String[] args) {
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.LOCAL)
            .app("acme/shop")
            .localApp("acme/worker", URI.create(args[0]))
            .build();
    try (W7s w7s = W7s.of(config)) {
      for (int i = 0; i < 3; i++) {
        w7s.queues().send(JOBS, "job " + i);
      }
    }
  }
}
