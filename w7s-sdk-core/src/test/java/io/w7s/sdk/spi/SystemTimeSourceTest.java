package io.w7s.sdk.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SystemTimeSourceTest {

  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE);

  private final TimeSource time = TimeSource.system();

  @Test
  void waitsNoShorterThanTheDelay() throws Exception {
    Duration start = time.elapsed();

    time.after(SHORT).get(10, TimeUnit.SECONDS);
    time.sleep(SHORT);

    assertThat(time.elapsed().minus(start)).isGreaterThanOrEqualTo(SHORT.multipliedBy(2));
  }

  @Test
  void doesNotRunWhatDependsOnACancelledWait() {
    CompletableFuture<Void> wait = time.after(Duration.ofDays(1));
    CompletableFuture<String> after = wait.thenApply(done -> "ran");

    wait.cancel(true);

    assertThat(after).isCompletedExceptionally();
  }

  @Test
  void endsASleepWhenInterrupted() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> time.sleep(Duration.ofDays(1)))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void readsTheClockOfTheMachine() {
    assertThat(time.now()).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    assertThat(time.random().nextDouble()).isBetween(0.0, 1.0);
  }

  @Test
  void doesNotDelayOtherTimersBehindABlockingCallback() throws Exception {
    var begun = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    Runnable blocking =
        () -> {
          begun.countDown();
          awaitUninterrupted(end);
          ended.countDown();
        };
    // on a thread of its own, which may find the wait over and run the callback itself
    new Thread(() -> time.after(SHORT).thenRun(blocking)).start();
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

    time.after(SHORT).thenRun(() -> {}).get(10, TimeUnit.SECONDS);
    assertThat(new CompletableFuture<Void>().orTimeout(20, TimeUnit.MILLISECONDS))
        .as("a timeout of somebody else")
        .failsWithin(Duration.ofSeconds(10));

    assertThat(ended.getCount()).isOne();
    end.countDown();
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void usesNeitherTheTimerOfTheJdkNorItsOwnForCallbacks() throws Exception {
    CompletableFuture<String> thread =
        time.after(SHORT).thenApply(over -> Thread.currentThread().getName());

    assertThat(thread.get(10, TimeUnit.SECONDS))
        .matches("w7s-async-[0-9]+|" + Thread.currentThread().getName());
  }

  @Test
  void runsTasksOfTheExecutorAtTheSameTime() throws Exception {
    var end = new CountDownLatch(1);
    CompletableFuture<Void> blocking =
        CompletableFuture.runAsync(() -> awaitUninterrupted(end), time.executor());

    CompletableFuture.runAsync(() -> {}, time.executor()).get(10, TimeUnit.SECONDS);

    assertThat(blocking).isNotDone();
    end.countDown();
  }

  @Test
  void runsTasksOnDaemonThreadsWithTheClassLoaderOfTheSdk() throws Exception {
    Thread thread =
        CompletableFuture.supplyAsync(Thread::currentThread, time.executor())
            .get(10, TimeUnit.SECONDS);

    assertThat(thread.getName()).startsWith("w7s-async-");
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getContextClassLoader()).isSameAs(TimeSource.class.getClassLoader());
  }

  @Test
  void countsADelayThatIsTooLongAsTheLongest() {
    CompletableFuture<Void> wait = time.after(ENDLESS);
    assertThat(wait).isNotDone();
    wait.cancel(true);

    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> time.sleep(ENDLESS)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void countsANegativeDelayAsZero() throws Exception {
    time.sleep(ENDLESS.negated());
    time.after(ENDLESS.negated()).get(10, TimeUnit.SECONDS);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
