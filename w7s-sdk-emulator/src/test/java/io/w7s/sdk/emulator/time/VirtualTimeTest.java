package io.w7s.sdk.emulator.time;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When time moves, and in which order what is due happens. */
class VirtualTimeTest {

  private static final Instant START = Instant.parse("2026-05-25T12:00:00Z");

  private final VirtualTime time = new VirtualTime(START, 42);
  private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

  private Agenda.Item item(String name, Runnable action) {
    return new Agenda.Item(true) {
      @Override
      protected void run() {
        ran.add(name);
        action.run();
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }

  private void at(Duration delay, String name) {
    at(delay, name, () -> {});
  }

  private void at(Duration delay, String name, Runnable action) {
    time.agenda().schedule(item(name, action), time.nanosAfter(delay));
  }

  @Test
  void readingTheTimeDoesNotMoveIt() {
    at(Duration.ZERO, "a");
    assertThat(time.now()).isEqualTo(START);
    assertThat(time.elapsed()).isZero();
    assertThat(time.nextDue()).hasValue(START);
    assertThat(ran).isEmpty();
  }

  @Test
  void whatIsDueRunsInTheOrderOfTimeAndThenOfScheduling() {
    at(ofSeconds(2), "c");
    at(ofSeconds(1), "a");
    at(ofSeconds(1), "b");
    at(ofSeconds(4), "d");
    time.advance(ofSeconds(3));
    assertThat(ran).containsExactly("a", "b", "c");
    assertThat(time.now()).isEqualTo(START.plusSeconds(3));
  }

  @Test
  void anItemRunsAtTheTimeItIsDue() {
    at(ofSeconds(1), "a", () -> ran.add(time.now().toString()));
    time.advance(ofSeconds(10));
    assertThat(ran).containsExactly("a", "2026-05-25T12:00:01Z");
  }

  @Test
  void timeDoesNotGoBack() {
    assertThatThrownBy(() -> time.advance(ofSeconds(-1))).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> time.advanceTo(START.minusMillis(1)))
        .isInstanceOf(InvalidInputException.class);
    time.advanceTo(START.plusSeconds(1));
    assertThat(time.elapsed()).isEqualTo(ofSeconds(1));
  }

  @Test
  void aSleeperRunsWhatIsDueMeanwhile() throws InterruptedException {
    at(ofSeconds(1), "a");
    at(ofSeconds(3), "b");
    time.sleep(ofSeconds(2));
    assertThat(ran).containsExactly("a");
    assertThat(time.now()).isEqualTo(START.plusSeconds(2));
  }

  @Test
  void anItemThatSleepsLetsOthersRun() {
    at(
        ofSeconds(1),
        "sleeper",
        () -> {
          try {
            time.sleep(ofSeconds(5));
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          ran.add("awake");
        });
    at(ofSeconds(2), "other");
    time.runUntilIdle(10);
    assertThat(ran).containsExactly("sleeper", "other", "awake");
    assertThat(time.now()).isEqualTo(START.plusSeconds(6));
  }

  @Test
  void aWaitThatNothingCanEndFailsAtOnceAndSaysWhatItWaitedFor() {
    CompletableFuture<String> never = time.future("RPC GET to acme/shop");
    assertThatThrownBy(never::join)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "RPC GET to acme/shop would wait forever: at 2026-05-25T12:00:00Z nothing is due that"
                + " could end it");
    CompletableFuture<String> follows = never.thenApply(text -> text + "!");
    assertThatThrownBy(follows::get).hasMessageContaining("RPC GET to acme/shop");
  }

  @Test
  void joiningMovesTheClock() {
    CompletableFuture<String> result = time.<Void>future("x").thenApply(done -> "done");
    CompletableFuture<String> later = time.after(ofSeconds(3)).thenApply(done -> "later");
    assertThat(later.join()).isEqualTo("later");
    assertThat(time.elapsed()).isEqualTo(ofSeconds(3));
    assertThat(result).isNotDone();
  }

  @Test
  void idlenessIsReachedOverAllWorkAndSaysHowMuch() {
    at(ofSeconds(5), "a", () -> at(ofSeconds(5), "b"));
    assertThat(time.runUntilIdle(10)).isEqualTo(2);
    assertThat(time.elapsed()).isEqualTo(ofSeconds(10));
  }

  @Test
  void theStepLimitNamesTheLoop() {
    loop();
    assertThatThrownBy(() -> time.runUntilIdle(50))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not idle after 50 steps")
        .hasMessageContaining("ping=50");
  }

  private void loop() {
    at(ofMillis(1), "ping", this::loop);
  }

  @Test
  void aCancelledWaitIsOffTheAgenda() {
    CompletableFuture<Void> wait = time.after(ofSeconds(1));
    wait.cancel(true);
    assertThat(time.agenda().size()).isZero();
  }

  @Test
  void theSameSeedGivesTheSameNumbersOnEveryJdk() {
    var random = new VirtualTime(START, 7).random();
    assertThat(LongStream.generate(random::nextLong).limit(3))
        .containsExactly(7191089600892374487L, 309689372594955804L, -1830642326893942270L);
  }

  @Test
  void shuffledTimeOrdersTiesByItsSeedAndNothingElse() {
    assertThat(orderOf(1)).isEqualTo(orderOf(1));
    assertThat(IntStream.range(0, 10).mapToObj(this::orderOf).distinct().count()).isGreaterThan(5);
    assertThat(orderOf(3)).endsWith("last");
  }

  private List<String> orderOf(long seed) {
    VirtualTime shuffled = VirtualTime.shuffled(START, seed);
    ran.clear();
    for (int i = 0; i < 10; i++) {
      shuffled.agenda().schedule(item("i" + i, () -> {}), 5);
    }
    shuffled.agenda().schedule(item("last", () -> {}), 6);
    shuffled.runUntilIdle(100);
    return List.copyOf(ran);
  }

  @Test
  void onAPoolWhatIsDueAtOneMomentRunsAtTheSameTimeAndTheClockWaitsForIt() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      VirtualTime pooled = VirtualTime.on(pool, START, 42);
      var both = new CountDownLatch(2);
      for (String name : List.of("a", "b")) {
        pooled.agenda().schedule(item(name, () -> meet(both)), 1_000);
      }
      pooled
          .agenda()
          .schedule(item("later", () -> ran.add("both met: " + (both.getCount() == 0))), 2_000);
      assertThat(pooled.runUntilIdle(10)).isEqualTo(3);
      assertThat(ran).containsExactlyInAnyOrder("a", "b", "later", "both met: true");
    } finally {
      pool.shutdownNow();
    }
  }

  private static void meet(CountDownLatch both) {
    both.countDown();
    try {
      assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aThreadOfThePoolThatSleepsLetsTheClockMove() {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      VirtualTime pooled = VirtualTime.on(pool, START, 42);
      pooled
          .agenda()
          .schedule(
              item(
                  "sleeper",
                  () -> {
                    try {
                      pooled.sleep(ofSeconds(3));
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                    ran.add("awake at " + pooled.now());
                  }),
              0);
      pooled.runUntilIdle(10);
      assertThat(ran).containsExactly("sleeper", "awake at 2026-05-25T12:00:03Z");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void anErrorOnThePoolReachesWhoDrives() {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    try {
      VirtualTime pooled = VirtualTime.on(pool, START, 42);
      var error = new AssertionError("seen by a handler");
      pooled
          .agenda()
          .schedule(
              item(
                  "failing",
                  () -> {
                    throw error;
                  }),
              0);
      assertThatThrownBy(() -> pooled.runUntilIdle(10)).isSameAs(error);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void oneThreadDrivesAndTheOthersWaitForIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      var waits = new ArrayList<CompletableFuture<Void>>();
      for (int i = 1; i <= 100; i++) {
        waits.add(time.after(ofSeconds(i)));
      }
      var joins =
          waits.stream().map(wait -> CompletableFuture.runAsync(wait::join, threads)).toList();
      CompletableFuture.allOf(joins.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
      assertThat(time.elapsed()).isEqualTo(ofSeconds(100));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void onlyOneThreadMayAdvance() throws Exception {
    var driving = new CountDownLatch(1);
    var refused = new CountDownLatch(1);
    at(
        ofSeconds(1),
        "long",
        () -> {
          driving.countDown();
          meet(refused, 10);
        });
    var driver = CompletableFuture.runAsync(() -> time.advance(ofSeconds(1)));
    assertThat(driving.await(10, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(() -> time.advance(ofSeconds(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("drives the clock");
    refused.countDown();
    driver.get(10, TimeUnit.SECONDS);
  }

  private static void meet(CountDownLatch latch, int seconds) {
    try {
      assertThat(latch.await(seconds, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusesToGoBeyondTheEndOfTheClock() {
    at(ofSeconds(1), "a");
    for (Duration tooFar :
        List.of(Duration.ofDays(300 * 365), Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThatThrownBy(() -> time.advance(tooFar))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("2318-");
    }
    assertThatThrownBy(() -> time.advanceTo(Instant.MAX)).isInstanceOf(InvalidInputException.class);
    assertThat(time.now()).isEqualTo(START);
    assertThat(ran).isEmpty();
    time.advance(Duration.ofDays(290 * 365));
    assertThat(ran).containsExactly("a");
  }

  @Test
  void aClockThatStartsNearTheEndOfTimeStopsThere() {
    VirtualTime late = new VirtualTime(Instant.MAX.minusSeconds(10), 42);
    late.after(ofSeconds(60));
    assertThat(late.nextDue()).isEmpty();
    late.advanceTo(Instant.MAX);
    assertThat(late.now()).isEqualTo(Instant.MAX);
    assertThatThrownBy(() -> late.advance(Duration.ofNanos(1)))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  @Timeout(60)
  void aDelayThatTheClockCannotReachFailsAtOnceAlsoBesideSchedules() {
    time.agenda()
        .schedule(
            new Agenda.Item(false) {
              @Override
              protected void run() {
                time.agenda().schedule(this, time.nanosAfter(ofSeconds(60)));
              }

              @Override
              public String toString() {
                return "each minute";
              }
            },
            0);
    CompletableFuture<Void> never = time.after(Duration.ofSeconds(Long.MAX_VALUE));
    assertThatThrownBy(never::join)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("would wait forever: this clock ends at 2318-");
    assertThatThrownBy(() -> time.sleep(Duration.ofDays(300 * 365)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(time.now()).isEqualTo(START);
  }

  @Test
  void aSleepThatTheClockCannotReachFailsAtOnce() {
    assertThatThrownBy(() -> time.sleep(Duration.ofDays(300 * 365)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("would wait forever");
  }

  @Test
  void aGetWithATimeoutDrivesTheClockForThatLong() throws Exception {
    CompletableFuture<String> inTime = time.after(ofSeconds(1)).thenApply(done -> "in time");
    assertThat(inTime.get(2, TimeUnit.SECONDS)).isEqualTo("in time");
    assertThat(time.elapsed()).isEqualTo(ofSeconds(1));
    assertThatThrownBy(() -> time.future("RPC GET to acme/shop").get(2, TimeUnit.SECONDS))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("RPC GET to acme/shop did not end within PT2S of virtual time");
    assertThat(time.elapsed()).isEqualTo(ofSeconds(3));
    assertThat(time.agenda().size()).isZero();
    assertThatThrownBy(() -> time.after(ofSeconds(1)).get(0, TimeUnit.SECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(time.elapsed()).isEqualTo(ofSeconds(3));
  }

  @Test
  void timeoutsOfFuturesAreCountedByTheClock() {
    CompletableFuture<String> late = time.<String>future("late").orTimeout(2, TimeUnit.SECONDS);
    assertThatThrownBy(late::join).hasRootCauseInstanceOf(TimeoutException.class);
    CompletableFuture<String> replaced =
        time.<String>future("late").completeOnTimeout("instead", 3, TimeUnit.SECONDS);
    assertThat(replaced.join()).isEqualTo("instead");
    assertThat(time.elapsed()).isEqualTo(ofSeconds(5));
  }

  @Test
  @Timeout(30)
  void anItemThatFindsNoFreeThreadRunsOnOneThatWaits() {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    try {
      VirtualTime pooled = VirtualTime.on(pool, START, 42);
      CompletableFuture<String> signal = pooled.future("a signal of the other handler");
      pooled.agenda().schedule(item("waits", () -> ran.add("got " + signal.join())), 1_000);
      pooled.agenda().schedule(item("signals", () -> signal.complete("it")), 2_000);
      pooled.runUntilIdle(10);
      assertThat(ran).containsExactly("waits", "signals", "got it");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  @Timeout(60)
  void manySleepersShareASmallPool() {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      VirtualTime pooled = VirtualTime.on(pool, START, 42);
      for (int i = 0; i < 20; i++) {
        pooled
            .agenda()
            .schedule(
                item(
                    "sleeper",
                    () -> {
                      try {
                        pooled.sleep(ofSeconds(3));
                      } catch (InterruptedException e) {
                        throw new AssertionError(e);
                      }
                    }),
                0);
      }
      pooled.runUntilIdle(100);
      assertThat(ran).hasSize(20);
      assertThat(pooled.elapsed()).isEqualTo(ofSeconds(3));
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  @Timeout(60)
  void aHandlerThatWaitsForItsOwnPoolFailsTheDriverAndIsNamed() {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    try {
      VirtualTime pooled = VirtualTime.on(pool, START, 42);
      pooled
          .agenda()
          .schedule(item("greedy", () -> CompletableFuture.runAsync(() -> {}, pool).join()), 1_000);
      assertThatThrownBy(() -> pooled.runUntilIdle(10))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("greedy on pool-")
          .hasMessageContaining("a free thread of their own pool");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  @Timeout(30)
  void aPoolThatTakesNothingFailsTheDriver() {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    pool.shutdownNow();
    VirtualTime pooled = VirtualTime.on(pool, START, 42);
    pooled.agenda().schedule(item("rejected", () -> {}), 1_000);
    assertThatThrownBy(() -> pooled.runUntilIdle(10))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(pooled.runUntilIdle(10)).isZero();
  }

  @Test
  @Timeout(30)
  void joiningAllOfSeveralFuturesMovesTheClockAsFarAsItHasTo() {
    at(ofSeconds(60), "later");
    CompletableFuture.allOf(time.after(ofSeconds(2)), time.after(ofSeconds(3))).join();
    assertThat(time.elapsed()).isEqualTo(ofSeconds(3));
    CompletableFuture.anyOf(time.after(ofSeconds(2)), time.after(ofSeconds(3))).join();
    assertThat(time.elapsed()).isEqualTo(ofSeconds(5));
    assertThat(ran).isEmpty();
  }

  @Test
  @Timeout(60)
  void joiningFuturesThatNothingCompletesFailsAndNamesThem() {
    CompletableFuture<String> one = time.future("RPC GET to acme/shop");
    CompletableFuture<String> two = time.future("RPC GET to acme/worker");
    assertThatThrownBy(() -> CompletableFuture.allOf(one, two).join())
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("would wait forever")
        .hasMessageContaining("[RPC GET to acme/shop, RPC GET to acme/worker]");
  }

  @Test
  @Timeout(60)
  void anItemThatJoinsAllOfSeveralFuturesFailsAndNamesThem() {
    at(
        ofSeconds(1),
        "joins",
        () -> CompletableFuture.allOf(time.after(ofSeconds(2)), time.after(ofSeconds(3))).join());
    assertThatThrownBy(() -> time.advance(ofSeconds(10)))
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[after PT2S, after PT3S]");
  }

  @Test
  @Timeout(30)
  void anErrorOfAnItemReachesTheThreadThatJoinsAllOfSeveralFutures() {
    var error = new AssertionError("seen by a handler");
    at(
        ofSeconds(1),
        "failing",
        () -> {
          throw error;
        });
    assertThatThrownBy(() -> CompletableFuture.allOf(time.after(ofSeconds(2))).join())
        .hasRootCause(error);
  }
}
