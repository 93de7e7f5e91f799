package io.w7s.sdk.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SystemTimeSourceTest {

  private final TimeSource time = TimeSource.system();

  @Test
  void aWaitEndsNoSoonerThanItsDelay() throws Exception {
    Duration start = time.elapsed();

    time.after(Duration.ofMillis(20)).get(10, TimeUnit.SECONDS);
    time.sleep(Duration.ofMillis(20));

    assertThat(time.elapsed().minus(start)).isGreaterThanOrEqualTo(Duration.ofMillis(40));
  }

  @Test
  void aWaitThatIsCancelledDoesNotRunWhatDependsOnIt() {
    CompletableFuture<Void> wait = time.after(Duration.ofDays(1));
    CompletableFuture<String> after = wait.thenApply(done -> "ran");

    wait.cancel(true);

    assertThat(after).isCompletedExceptionally();
  }

  @Test
  void delaysBeyondAllNanosecondsAreAccepted() {
    Duration centuries = Duration.ofDays(400 * 365);
    CompletableFuture<Void> wait = time.after(centuries);

    assertThat(wait).isNotDone();
    wait.cancel(true);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> time.sleep(centuries)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void jdksTimerIsNotUsed() throws Exception {
    CompletableFuture<String> thread =
        time.after(Duration.ofMillis(1)).thenApply(over -> Thread.currentThread().getName());

    assertThat(thread.get(10, TimeUnit.SECONDS))
        .isIn("w7s-timer", Thread.currentThread().getName());
  }

  @Test
  void anInterruptEndsASleepAtOnce() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> time.sleep(Duration.ofDays(1)))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void theClockIsTheMachines() {
    assertThat(time.now()).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    assertThat(time.random().nextDouble()).isBetween(0.0, 1.0);
  }
}
