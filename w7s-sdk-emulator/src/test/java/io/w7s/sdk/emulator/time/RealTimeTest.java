package io.w7s.sdk.emulator.time;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The agenda under the machine's own clock. */
class RealTimeTest {

  private final RealTime time = RealTime.start("w7s-test-timer", Runnable::run);
  private final List<String> ran = new CopyOnWriteArrayList<>();
  private final CountDownLatch done = new CountDownLatch(2);

  @AfterEach
  void close() {
    time.close();
  }

  private Agenda.Item item(String name) {
    return new Agenda.Item(true) {
      @Override
      protected void run() {
        ran.add(name);
        done.countDown();
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }

  @Test
  void whatComesLaterButIsDueEarlierRunsFirst() throws InterruptedException {
    long start = time.nanos();
    time.agenda().schedule(item("second"), time.nanosAfter(ofMillis(200)));
    time.agenda().schedule(item("first"), time.nanosAfter(ofMillis(20)));
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).containsExactly("first", "second");
    assertThat(Duration.ofNanos(time.nanos() - start)).isGreaterThanOrEqualTo(ofMillis(200));
  }

  @Test
  void closingEndsTheThreadThoughSomethingIsDueLater() throws Exception {
    time.agenda().schedule(item("tomorrow"), time.nanosAfter(Duration.ofDays(1)));
    Thread thread =
        Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().equals("w7s-test-timer"))
            .findFirst()
            .orElseThrow();
    assertThat(thread.isDaemon()).isTrue();
    time.close();
    CompletableFuture.runAsync(() -> join(thread)).get(10, TimeUnit.SECONDS);
    assertThat(ran).isEmpty();
  }

  @Test
  void drainingRunsWhatIsDueAndWhatComesOfItAndNothingLater() throws Exception {
    ExecutorService pool = Executors.newCachedThreadPool();
    RealTime pooled = RealTime.start("w7s-test-drained", pool);
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    pooled.agenda().schedule(item("tomorrow"), pooled.nanosAfter(Duration.ofDays(1)));
    pooled
        .agenda()
        .schedule(
            new Agenda.Item(true) {
              @Override
              protected void run() {
                begun.countDown();
                await(goOn);
                pooled.agenda().schedule(item("after it"), pooled.nanos());
              }

              @Override
              public String toString() {
                return "slow";
              }
            },
            pooled.nanos());
    await(begun);
    try {
      var drained = CompletableFuture.supplyAsync(() -> drained(pooled, ofSeconds(10)));
      goOn.countDown();
      assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
      assertThat(ran).containsExactly("after it");
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void drainingEndsWithItsTime() {
    ExecutorService pool = Executors.newCachedThreadPool();
    RealTime pooled = RealTime.start("w7s-test-stuck", pool);
    var stuck = new CountDownLatch(1);
    pooled
        .agenda()
        .schedule(
            new Agenda.Item(true) {
              @Override
              protected void run() {
                await(stuck);
              }

              @Override
              public String toString() {
                return "stuck";
              }
            },
            pooled.nanos());
    try {
      assertThat(drained(pooled, ofMillis(50))).isFalse();
    } finally {
      stuck.countDown();
      pool.shutdown();
    }
  }

  private static boolean drained(RealTime time, Duration longest) {
    try {
      return time.drain(longest);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void delaysAreTheMachines() throws Exception {
    long start = time.nanos();
    time.after(ofMillis(30)).get(10, TimeUnit.SECONDS);
    assertThat(time.nanos() - start).isGreaterThanOrEqualTo(ofMillis(30).toNanos());
    assertThat(time.elapsed()).isLessThan(ofSeconds(60));
    assertThat(time.handsOver()).isTrue();
  }
}
