package io.w7s.sdk.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.okhttp.ClosedPort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A producer says what it lost, also without a logging library. */
@Timeout(60)
class ClosedProducerTest {

  @Test
  void printsWhatItLostWithoutALoggingLibrary() throws Exception {
    String url = ClosedPort.url("/worker").toString();
    try (OtherProcess producer = OtherProcess.startWithoutLogging(ClosedProducer.class, url)) {
      assertThat(producer.output().lines())
          .filteredOn(line -> line.startsWith("w7s: "))
          .singleElement()
          .asString()
          .startsWith(
              "w7s: acme/shop was closed and lost 3 messages (3 of queue acme/worker/jobs: ")
          .contains("drainTimeout");
      assertThat(producer.process().waitFor()).isZero();
    }
  }
}
