package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.fixtures.Walk;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.queue.QueueRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The walk of {@code docs/architecture.md} is the one that a hosted send takes. */
@Timeout(60)
class WalkTest {

  private static final QueueRef<String> JOBS = AppRef.of("acme/worker").queue("jobs", String.class);

  @Test
  void aHostedSendCrossesTheFilesOfTheWalk() throws IOException {
    var walked = new ArrayList<String>();
    var theirs = new OkHttpClient.Builder().eventListener(whenTheBodyIsWritten(walked)).build();
    try (RawServer platform =
        RawServer.answering(
            RawServer.ok(
                "{\"status\":\"success\",\"data\":{\"enqueuedAt\":\"2026-01-01T00:00:00.000Z\"}}"))) {
      W7sConfig config = Shop.config(platform.url("")).build();
      try (W7s w7s =
          W7s.builder(config)
              .transport(HostedTransport.builder(config).client(theirs).build())
              .build()) {
        w7s.queues().send(JOBS, "mail");
      }
    } finally {
      theirs.connectionPool().evictAll();
    }
    assertThat(walked)
        .hasSizeLessThanOrEqualTo(20)
        .isEqualTo(Walk.documented("A hosted send, from"));
  }

  private static EventListener whenTheBodyIsWritten(List<String> walked) {
    return new EventListener() {
      @Override
      public void requestBodyStart(Call call) {
        walked.addAll(Walk.onStack(WalkTest.class));
      }
    };
  }
}
