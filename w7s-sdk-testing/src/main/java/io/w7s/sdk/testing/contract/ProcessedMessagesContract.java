package io.w7s.sdk.testing.contract;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.queue.Claim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every store of processed messages must do. A test of an implementation extends it:
 *
 * <pre>{@code
 * class RedisProcessedMessagesTest extends ProcessedMessagesContract {
 *   @Override protected ProcessedMessages store() { return new RedisProcessedMessages(...); }
 *   @Override protected void pass(Duration time) { clock.advance(time); }
 * }
 * }</pre>
 *
 * <p>The store may hold messages of earlier tests: each test uses a queue of its own.
 */
public abstract class ProcessedMessagesContract {

  private static final Duration LEASE = ofSeconds(10);
  private static final int THREADS = 8;

  private final String queue = "acme/worker/" + UUID.randomUUID();

  /** For the class that extends this. */
  protected ProcessedMessagesContract() {}

  /** Returns the store, the same within a test. */
  protected abstract ProcessedMessages store();

  /** Lets time pass for the store. */
  protected abstract void pass(Duration time);

  private ClaimResult claim(String key) {
    return store().claim(queue, key, LEASE, true);
  }

  private static ClaimResult.State state(ClaimResult result) {
    return result.state();
  }

  @Test
  void aMessageIsClaimedOnceUntilItIsDone() {
    Claim claim = claim("m1").claim();

    assertThat(claim.queue()).isEqualTo(queue);
    assertThat(claim.key()).isEqualTo("m1");
    assertThat(state(claim("m1"))).isEqualTo(ClaimResult.State.BUSY);
    assertThat(store().complete(claim)).isTrue();
    assertThat(state(claim("m1"))).isEqualTo(ClaimResult.State.DONE);
  }

  @Test
  void aBusyMessageSaysHowLongItsLeaseLasts() {
    claim("m1");
    pass(ofSeconds(4));

    assertThat(claim("m1").remaining()).isBetween(ofSeconds(1), ofSeconds(6));
  }

  @Test
  void onlyDoneMessagesAreFoundAsDone() {
    store().complete(claim("m1").claim());
    claim("m2");

    assertThat(store().done(queue, List.of("m1", "m2", "m3"))).containsExactly("m1");
    assertThat(store().done(queue, List.of())).isEmpty();
    assertThat(store().done(queue + "2", List.of("m1"))).isEmpty();
  }

  @Test
  void aReleasedMessageIsClaimedAnewAtOnce() {
    store().release(claim("m1").claim());

    assertThat(state(claim("m1"))).isEqualTo(ClaimResult.State.GRANTED);
  }

  @Test
  void aMessageIsTakenOverAfterItsLeaseAndNotBefore() {
    claim("m1");
    pass(ofSeconds(8));
    assertThat(state(claim("m1"))).isEqualTo(ClaimResult.State.BUSY);

    pass(ofSeconds(3));
    assertThat(state(claim("m1"))).isEqualTo(ClaimResult.State.TAKEN_OVER);
    assertThat(state(claim("m1"))).isEqualTo(ClaimResult.State.BUSY);
  }

  @Test
  void aMessageThatMustNotRunTwiceIsAbandonedAfterItsLease() {
    store().claim(queue, "m1", LEASE, false);
    assertThat(state(store().claim(queue, "m1", LEASE, false))).isEqualTo(ClaimResult.State.BUSY);
    pass(ofSeconds(11));

    assertThat(state(store().claim(queue, "m1", LEASE, false)))
        .isEqualTo(ClaimResult.State.ABANDONED);
    assertThat(state(store().claim(queue, "m1", LEASE, false)))
        .isEqualTo(ClaimResult.State.ABANDONED);
  }

  @Test
  void aRenewedLeaseLastsFromThenOn() {
    Claim claim = claim("m1").claim();
    pass(ofSeconds(8));
    assertThat(store().renew(claim, LEASE)).isTrue();
    pass(ofSeconds(8));

    assertThat(state(claim("m1"))).isEqualTo(ClaimResult.State.BUSY);
  }

  @Test
  void aClaimThatWasTakenOverHoldsNoMore() {
    Claim former = claim("m1").claim();
    pass(ofSeconds(11));
    Claim latter = claim("m1").claim();

    assertThat(store().renew(former, LEASE)).isFalse();
    assertThat(store().complete(former)).isFalse();
    store().release(former);
    assertThat(state(claim("m1"))).isEqualTo(ClaimResult.State.BUSY);
    assertThat(store().complete(latter)).isTrue();
    assertThat(store().complete(former)).isFalse();
  }

  @Test
  void aClaimWhoseLeaseEndedCanBeCompletedAsLongAsNobodyTookItOver() {
    Claim claim = claim("m1").claim();
    pass(ofSeconds(11));

    assertThat(store().complete(claim)).isTrue();
    assertThat(state(claim("m1"))).isEqualTo(ClaimResult.State.DONE);
  }

  @Test
  void completingAgainChangesNothing() {
    Claim claim = claim("m1").claim();
    store().complete(claim);

    assertThat(store().complete(claim)).isTrue();
    store().release(claim);
    assertThat(store().renew(claim, LEASE)).isFalse();
    assertThat(state(claim("m1"))).isEqualTo(ClaimResult.State.DONE);
  }

  @Test
  void aMessageCanBeCompletedWhoeverHasTheClaim() {
    Claim claim = claim("m1").claim();
    store().complete(queue, "m1");
    store().complete(queue, "m2");
    store().complete(queue, "m2");

    assertThat(store().done(queue, List.of("m1", "m2"))).containsExactlyInAnyOrder("m1", "m2");
    assertThat(store().complete(claim)).isFalse();
  }

  @Test
  void keysOfAnyCharactersAreKeptApart() {
    List<String> keys =
        List.of("a", "A", "a ", "ä", "a'b", "a\"b", "%", "_", "日本", "x".repeat(200));
    for (String key : keys) {
      store().complete(claim(key).claim());
    }

    assertThat(store().done(queue, keys)).containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  void ofManyThatClaimAtTheSameTimeOneGetsIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int round = 0; round < 20; round++) {
        String key = "m" + round;
        var barrier = new CyclicBarrier(THREADS);
        List<Callable<ClaimResult.State>> claims = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          claims.add(
              () -> {
                barrier.await();
                return state(claim(key));
              });
        }
        List<ClaimResult.State> states = new ArrayList<>();
        for (Future<ClaimResult.State> result : threads.invokeAll(claims)) {
          states.add(result.get());
        }
        assertThat(states).containsOnlyOnce(ClaimResult.State.GRANTED);
        assertThat(states).containsOnly(ClaimResult.State.GRANTED, ClaimResult.State.BUSY);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void ofManyThatTakeOverAtTheSameTimeOneGetsIt() throws Exception {
    claim("m1");
    pass(ofSeconds(11));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      var barrier = new CyclicBarrier(THREADS);
      List<Callable<ClaimResult.State>> claims = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        claims.add(
            () -> {
              barrier.await();
              return state(claim("m1"));
            });
      }
      List<ClaimResult.State> states = new ArrayList<>();
      for (Future<ClaimResult.State> result : threads.invokeAll(claims)) {
        states.add(result.get());
      }
      assertThat(states).containsOnlyOnce(ClaimResult.State.TAKEN_OVER);
      assertThat(states).containsOnly(ClaimResult.State.TAKEN_OVER, ClaimResult.State.BUSY);
    } finally {
      threads.shutdownNow();
    }
  }
}
