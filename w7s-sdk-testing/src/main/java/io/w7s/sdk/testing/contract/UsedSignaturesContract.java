package io.w7s.sdk.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.signature.UsedSignatures;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every memory of used signatures must do. A test of an implementation extends it:
 *
 * <pre>{@code
 * class RedisUsedSignaturesTest extends UsedSignaturesContract {
 *   @Override protected UsedSignatures store() { return store; }
 *   @Override protected UsedSignatures another() { return new RedisUsedSignatures(redis); }
 *   @Override protected Instant now() { return clock.now(); }
 *   @Override protected void pass(Duration time) { clock.advance(time); }
 * }
 * }</pre>
 *
 * <p>The memory may hold signatures of earlier tests: each test uses ids of its own.
 */
public abstract class UsedSignaturesContract {

  private static final int THREADS = 8;
  private static final int IDS = 100;
  private static final Duration VALID = Duration.ofMinutes(5);

  private final String id = UUID.randomUUID().toString();

  /** For the class that extends this. */
  protected UsedSignaturesContract() {}

  /** Returns the memory, the same within a test. */
  protected abstract UsedSignatures store();

  /** Returns another instance on the same data, as another process has. */
  protected abstract UsedSignatures another();

  /** Returns the time of the memory's clock. */
  protected abstract Instant now();

  /** Lets time pass for the memory. */
  protected abstract void pass(Duration time);

  private boolean firstUse(String id) {
    return store().firstUse(id, now().plus(VALID));
  }

  @Test
  void aSignatureIsUsedOnce() {
    assertThat(firstUse(id)).isTrue();
    assertThat(firstUse(id)).isFalse();
    assertThat(firstUse(id)).isFalse();
  }

  @Test
  void anotherProcessKnowsIt() {
    assertThat(firstUse(id)).isTrue();
    assertThat(another().firstUse(id, now().plus(VALID))).isFalse();
    assertThat(another().firstUse(id + "2", now().plus(VALID))).isTrue();
    assertThat(firstUse(id + "2")).isFalse();
  }

  @Test
  void tellsIdsApartByEveryCharacter() {
    String short16 = id.replace("-", "").substring(0, 16);
    List<String> ids =
        List.of(
            id + "a",
            id + "A",
            id + "_",
            id + "-",
            id + "a-",
            short16,
            short16.substring(0, 15) + "_",
            id + "z".repeat(64 - id.length()));
    for (String each : ids) {
      assertThat(firstUse(each)).as(each).isTrue();
    }
    for (String each : ids) {
      assertThat(firstUse(each)).as(each).isFalse();
    }
  }

  @Test
  void remembersASignatureUntilItsEnd() {
    Instant end = now().plus(VALID);
    assertThat(store().firstUse(id, end)).isTrue();
    pass(VALID.minusMillis(1));
    assertThat(firstUse(UUID.randomUUID().toString())).isTrue(); // may forget what has ended

    assertThat(store().firstUse(id, end)).isFalse();
  }

  @Test
  void aSecondUseDoesNotEndItEarlier() {
    Instant end = now().plus(VALID);
    assertThat(store().firstUse(id, end)).isTrue();
    assertThat(store().firstUse(id, now())).isFalse();
    pass(VALID.minusMillis(1));

    assertThat(store().firstUse(id, end)).isFalse();
  }

  @Test
  void ofManyThreadsOneIsTheFirst() throws Exception {
    Instant end = now().plus(VALID);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<boolean[]>> work = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        UsedSignatures mine = i % 2 == 0 ? store() : another();
        work.add(
            () -> {
              var first = new boolean[IDS];
              for (int n = 0; n < IDS; n++) {
                first[n] = mine.firstUse(id + n, end);
              }
              return first;
            });
      }
      var uses = new int[IDS];
      for (Future<boolean[]> each : threads.invokeAll(work)) {
        boolean[] first = each.get();
        for (int n = 0; n < IDS; n++) {
          uses[n] += first[n] ? 1 : 0;
        }
      }
      assertThat(uses).containsOnly(1);
    } finally {
      threads.shutdownNow();
    }
  }
}
