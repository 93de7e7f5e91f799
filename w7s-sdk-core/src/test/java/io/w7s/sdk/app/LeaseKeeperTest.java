package io.w7s.sdk.app;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.queue.Claim;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LeaseKeeperTest {

  /** A handler that has marked its message in an open transaction makes its renewal wait. */
  @Test
  void aRenewalThatHasToWaitDelaysNoOther() throws InterruptedException {
    var waiting = new AtomicReference<Claim>();
    var end = new CountDownLatch(1);
    var othersRenewed = new CountDownLatch(2);
    var processed =
        new AroundProcessedMessages(ProcessedMessages.inMemory(), () -> {}, () -> {}) {
          @Override
          public boolean renew(Claim claim, Duration lease) {
            if (waiting.compareAndSet(null, claim)) {
              await(end);
            } else if (!claim.equals(waiting.get())) {
              othersRenewed.countDown();
            }
            return true;
          }
        };
    var leases =
        new LeaseKeeper(Consumption.builder().once(processed).lease(Duration.ofSeconds(1)).build());
    try {
      leases.hold(new Claim("acme/worker/jobs", "m1", 1));
      leases.hold(new Claim("acme/worker/jobs", "m2", 2));

      assertThat(othersRenewed.await(30, SECONDS)).isTrue();
    } finally {
      end.countDown();
      leases.letGo(new Claim("acme/worker/jobs", "m1", 1));
      leases.letGo(new Claim("acme/worker/jobs", "m2", 2));
    }
  }

  private static void await(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
