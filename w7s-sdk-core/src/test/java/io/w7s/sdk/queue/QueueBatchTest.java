package io.w7s.sdk.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.error.InvalidInputException;
import org.junit.jupiter.api.Test;

class QueueBatchTest {

  private static final QueueRef<String> JOBS = AppRef.of("acme/worker").queue("jobs", String.class);

  @Test
  void anEqualMessageStandsForTheOneOfTheBatch() {
    QueueBatch<String> batch = QueueBatch.of(JOBS, QueueMessage.of("a"));
    var reason = new IllegalStateException("broken");

    batch.fail(QueueMessage.of("a"), reason);

    assertThat(batch.failure(QueueMessage.of("a"))).containsSame(reason);
    assertThat(batch.failure(batch.messages().get(0))).containsSame(reason);
    assertThatThrownBy(() -> batch.failure(QueueMessage.of("b")))
        .isInstanceOf(InvalidInputException.class);
  }
}
