package io.w7s.sdk.micrometer;

import static io.w7s.sdk.micrometer.Shop.JOBS;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.testing.InMemoryW7s;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is counted of queues and of pacing. */
class W7sMetricsTest {

  private final InMemoryW7s platform = InMemoryW7s.create();
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final W7sMetrics metrics = W7sMetrics.of(registry, Tags.of("region", "eu"));

  private double count(String fate) {
    return registry
        .get("w7s.queue.messages")
        .tags("w7s.queue", "acme/worker/jobs", "w7s.fate", fate, "region", "eu")
        .counter()
        .count();
  }

  @Test
  void eachMessageIsCountedByItsFate() {
    List<String> handled = new ArrayList<>();
    platform.deploy(
        W7sApp.builder(Shop.WORKER)
            .intercept(metrics)
            .consumption(
                JOBS,
                each ->
                    each.once(ProcessedMessages.inMemory(), QueueMessage::body)
                        .park(ParkedMessages.inMemory())
                        .retry(platform.as("acme/worker").queues()))
            .on(
                JOBS,
                message -> {
                  switch (String.valueOf(message.body())) {
                    case "reject" -> throw Reject.permanently("no");
                    case "retry" -> throw Retry.after(Duration.ofDays(2));
                    default -> handled.add(message.body());
                  }
                })
            .build());
    platform.deliver(JOBS, "good", "reject", "retry");
    platform.deliver(JOBS, "good");

    assertThat(handled).containsExactly("good");
    assertThat(count("handled")).isEqualTo(1);
    assertThat(count("skipped")).isEqualTo(1);
    assertThat(count("parked")).isEqualTo(1);
    assertThat(count("held")).isEqualTo(1);
    assertThat(count("coming_again")).as("registered before its first message").isZero();
  }

  @Test
  void aMessageThatComesAgainIsCounted() {
    platform.deploy(
        W7sApp.builder(Shop.WORKER)
            .intercept(metrics)
            .consumption(each -> each.once(ProcessedMessages.inMemory()))
            .on(
                JOBS,
                message -> {
                  throw new IllegalStateException("broken");
                })
            .build());
    platform.deliver(JOBS, "x");

    assertThat(count("coming_again")).isEqualTo(1);
    assertThat(count("handled")).isZero();
  }

  @Test
  void theWaitsOfPacingAreTimed() {
    platform.deploy(W7sApp.builder(Shop.WORKER).on(JOBS, message -> {}).build());
    try (W7s w7s =
        platform.connect("acme/shop").pacing(Pacing.observing()).intercept(metrics).build()) {
      for (int i = 0; i < 120; i++) {
        w7s.queues().send(JOBS, "x");
      }
      assertThat(registry.find("w7s.pacing.wait").timer()).isNull();
      w7s.queues().send(JOBS, "x");
    }

    Timer waits =
        registry
            .get("w7s.pacing.wait")
            .tags("w7s.operation", "queue send", "w7s.target", "acme/worker/jobs", "region", "eu")
            .timer();
    assertThat(waits.count()).isEqualTo(1);
    assertThat(waits.totalTime(TimeUnit.SECONDS)).isBetween(1.0, 60.0);
  }
}
