package io.w7s.sdk.testing;

import static io.w7s.sdk.testing.Acme.BUILD;
import static io.w7s.sdk.testing.Acme.CURRENT;
import static io.w7s.sdk.testing.Acme.DONE;
import static io.w7s.sdk.testing.Acme.JOBS;
import static io.w7s.sdk.testing.assertj.W7sAssertions.assertThat;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.w7s.sdk.W7s;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.testing.Acme.Job;
import io.w7s.sdk.testing.Journal.Entry;
import io.w7s.sdk.testing.Journal.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FaultTest {

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final Acme acme = new Acme();
  private final W7s shop = w7s.as("acme/shop");

  FaultTest() {
    w7s.deploy(acme.worker());
  }

  private void send(String name) {
    shop.queues().send(JOBS, new Job(name), send -> send.retry(RetryPolicy.none()));
  }

  @Test
  void aRefusedCallIsRetriedAfterTheTimeOfItsRefusal() {
    w7s.faults().add(Fault.refuse(429).retryAfter(ofSeconds(2)).onQueue(JOBS).times(2));

    shop.queues().send(JOBS, new Job("a"));

    assertThat(w7s.now()).isEqualTo(InMemoryW7s.DEFAULT_START.plusSeconds(4));
    assertThat(w7s).queue(JOBS).hasReceived(1);
    assertThat(w7s).journal().has(Kind.FAULTED, 2);
  }

  @Test
  void aRefusalThrowsTheExceptionOfItsStatus() {
    w7s.faults().add(Fault.refuse(429).retryAfter(ofMinutes(10)));
    assertThatThrownBy(() -> send("a"))
        .asInstanceOf(type(LimitExceededException.class))
        .satisfies(limit -> assertThat(limit.retryAfter()).contains(ofMinutes(10)));

    w7s.faults().clear();
    w7s.faults().add(Fault.refuse(503));
    assertThatThrownBy(() -> send("a"))
        .isExactlyInstanceOf(StatusException.class)
        .hasMessageContaining("503");
    assertThat(w7s).queue(JOBS).hasReceived(0);
  }

  @Test
  void requestsAndResponsesCanBeLost() {
    w7s.faults().add(Fault.unreachable().times(1));
    assertThatThrownBy(() -> send("a")).satisfies(failure -> assertDelivered(failure, false));
    w7s.faults().add(Fault.requestLost().times(1));
    assertThatThrownBy(() -> send("b")).satisfies(failure -> assertDelivered(failure, true));
    assertThat(w7s).queue(JOBS).hasReceived(0);

    w7s.faults().add(Fault.responseLost().times(1));
    assertThatThrownBy(() -> send("c")).satisfies(failure -> assertDelivered(failure, true));
    assertThat(w7s).queue(JOBS).hasReceived(1);
  }

  private static void assertDelivered(Throwable failure, boolean maybe) {
    assertThat(failure)
        .isExactlyInstanceOf(TransportException.class)
        .asInstanceOf(type(TransportException.class))
        .satisfies(none -> assertThat(none.mayHaveBeenDelivered()).isEqualTo(maybe));
  }

  @Test
  void slowCallsTakeVirtualTimeAndTimeOut() {
    w7s.faults().add(Fault.slow(ofSeconds(3)).times(1));
    send("a");
    assertThat(w7s.time().elapsed()).isEqualTo(ofSeconds(3));

    w7s.faults().add(Fault.slow(ofMinutes(1)).times(1));
    assertThatThrownBy(() -> send("b")).isInstanceOf(CallTimeoutException.class);
    assertThat(w7s.time().elapsed()).isEqualTo(ofSeconds(13));
    w7s.faults().add(Fault.slowResponse(ofMinutes(1)).times(1));
    assertThatThrownBy(() -> send("c")).isInstanceOf(CallTimeoutException.class);
    assertThat(w7s).queue(JOBS).hasReceived(2);
  }

  @Test
  void delaysBeforeAndAfterThePlatformAddUpToATimeout() {
    w7s.faults().add(Fault.slow(ofSeconds(6)), Fault.slowResponse(ofSeconds(6)));

    assertThatThrownBy(() -> send("a")).isInstanceOf(CallTimeoutException.class);
    assertThat(w7s.time().elapsed()).isEqualTo(ofSeconds(10));
    assertThat(w7s).queue(JOBS).hasReceived(1);
  }

  @Test
  void messagesCanBeDroppedAndDoubled() {
    w7s.faults().add(Fault.dropMessage().times(1));
    send("lost");
    w7s.faults().add(Fault.doubleMessage().times(1));
    send("twice");
    w7s.runUntilIdle();

    assertThat(acme.handled).containsExactly("job twice", "job twice");
    assertThat(w7s).queue(JOBS).hasReceived(2).hasDelivered(2).hasNoDeadLetters();
  }

  @Test
  void aMessageThatIsHeldBackIsDeliveredAfterLaterOnes() {
    w7s.faults().add(Fault.reorderMessage(ofMinutes(4)).times(1));
    send("first");
    send("second");
    w7s.runUntilIdle();

    assertThat(acme.handled).containsExactly("job second", "job first");
  }

  @Test
  void timesTooLongToCountAreAsLongAsTheClock() {
    Duration endless = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    w7s.faults().add(Fault.reorderMessage(endless).times(1));
    w7s.faults().add(Fault.reorderMessage(endless).times(1));
    send("late");
    w7s.faults().add(Fault.slow(endless).times(1));
    w7s.faults().add(Fault.slow(endless).times(1));
    assertThatThrownBy(() -> send("slow")).isInstanceOf(CallTimeoutException.class);

    w7s.advance(ofMinutes(4));

    assertThat(acme.handled).isEmpty();
    assertThat(w7s).queue(JOBS).hasReceived(1);
  }

  @Test
  void anEventCanBeLostForOneSubscriberOnly() {
    w7s.deploy(acme.subscriber("acme/mail"), acme.subscriber("acme/stock"));
    w7s.faults().add(Fault.dropMessage().onQueue("acme/mail/events"));
    shop.events().publish(DONE, new Job("a"));
    w7s.runUntilIdle();

    assertThat(acme.handled).containsExactly("acme/stock a");
  }

  @Test
  void aHandlerCanFailBeforeOrAfterItsWork() {
    w7s.faults().add(Fault.failHandler(500).onQueue(JOBS).times(1));
    send("a");
    w7s.runUntilIdle();
    assertThat(acme.handled).containsExactly("job a");

    acme.handled.clear();
    w7s.faults().add(Fault.loseHandlerResponse().onQueue(JOBS).times(1));
    send("b");
    w7s.runUntilIdle();
    assertThat(acme.handled).containsExactly("job b", "job b");
  }

  @Test
  void aSlowHandlerMakesItsCallerWait() {
    w7s.faults().add(Fault.slowHandler(ofSeconds(2)).onRpc("acme/worker/current"));

    shop.rpc().call(CURRENT);

    assertThat(w7s.time().elapsed()).isEqualTo(ofSeconds(2));
  }

  @Test
  void aFaultAppliesOnlyToItsTarget() {
    w7s.faults().add(Fault.failHandler(500).onRpc("acme/worker"));
    assertThatThrownBy(() -> shop.rpc().call(CURRENT)).isInstanceOf(RpcFailedException.class);
    send("a");
    shop.workflows().start(BUILD, new Job("b")).await(ofMinutes(1));

    w7s.faults().clear();
    w7s.faults().add(Fault.refuse(400).onWorkflow(BUILD), Fault.refuse(400).onEvent(DONE));
    shop.rpc().call(CURRENT);
    assertThatThrownBy(() -> shop.workflows().start(BUILD, new Job("c")))
        .isInstanceOf(StatusException.class);
    assertThatThrownBy(() -> shop.events().publish(DONE, new Job("c")))
        .isInstanceOf(StatusException.class);
  }

  @Test
  void aWaitForAWorkflowThatNobodyTellsAboutEndsInItsTime() {
    var build = shop.workflows().start(BUILD, new Job("a"));
    w7s.faults().add(Fault.slow(ofMinutes(5)).onWorkflow(BUILD));
    Instant start = w7s.time().now();

    assertThatThrownBy(() -> build.await(ofSeconds(2))).isInstanceOf(CallTimeoutException.class);
    assertThat(w7s.time().now()).isBefore(start.plusSeconds(4));
    assertThatThrownBy(() -> build.awaitAsync(ofSeconds(2)).join())
        .hasCauseInstanceOf(CallTimeoutException.class);
    assertThat(w7s.time().now()).isBefore(start.plusSeconds(8));
  }

  @Test
  void aFaultThatCouldNeverOccurIsRefused() {
    for (ThrowingCallable never :
        List.<ThrowingCallable>of(
            () -> Fault.failHandler(500).onEvent(DONE),
            () -> Fault.slowHandler(ofSeconds(1)).onEvent(DONE),
            () -> Fault.dropMessage().onRpc("acme/worker"),
            () -> Fault.doubleMessage().onWorkflow(BUILD),
            () -> Fault.refuse(429).onSchedule("acme/worker"),
            () -> Fault.refuse(429).onQueue("jobs"),
            () -> Fault.refuse(429).onWorkflow("acme/build"),
            () -> Fault.refuse(429).onRpc("worker"),
            () -> Fault.failHandler(429).onSchedule("worker"),
            () -> Fault.refuse(429).onApp("acme/worker/jobs"))) {
      assertThatThrownBy(never).isInstanceOf(InvalidInputException.class);
    }
    assertThatThrownBy(() -> Fault.failHandler(500).onEvent(DONE))
        .hasMessageContainingAll("before handler", "event", "rpc, queue, workflow, schedule");
  }

  @Test
  void theCaseOfANameDoesNotMatterToAFault() {
    w7s.faults().add(Fault.refuse(400).onApp("Acme/Worker"));
    assertThatThrownBy(() -> send("a")).isInstanceOf(StatusException.class);

    w7s.faults().clear();
    w7s.faults().add(Fault.refuse(400).onQueue("ACME/worker/Jobs"));
    assertThatThrownBy(() -> send("b")).isInstanceOf(StatusException.class);
  }

  @Test
  void aFaultOnAnAppIgnoresAppsWithALongerName() {
    w7s.faults().add(Fault.refuse(400).onApp("acme/work"));
    send("a");

    w7s.faults().add(Fault.refuse(400).onApp("acme/worker"));
    assertThatThrownBy(() -> send("b")).isInstanceOf(StatusException.class);
  }

  @Test
  void aFaultOccursEveryNthTimeUpToItsMaximum() {
    w7s.faults().add(Fault.refuse(400).every(3).times(2));

    var failed =
        IntStream.rangeClosed(1, 12).filter(i -> fails(() -> send("" + i))).boxed().toList();

    assertThat(failed).containsExactly(3, 6);
  }

  private static boolean fails(Runnable call) {
    try {
      call.run();
      return false;
    } catch (StatusException refused) {
      return true;
    }
  }

  @Test
  void theSeedDeterminesRandomFaults() {
    var first = struck(5);

    assertThat(first.size()).isBetween(10, 50);
    assertThat(struck(5)).isEqualTo(first);
    assertThat(struck(6)).isNotEqualTo(first);
  }

  private List<Integer> struck(long seed) {
    InMemoryW7s seeded = InMemoryW7s.builder().seed(seed).build();
    seeded.deploy(acme.worker());
    seeded.faults().add(Fault.refuse(400).withProbability(0.3));
    return IntStream.range(0, 100)
        .filter(i -> fails(() -> seeded.as("acme/shop").queues().send(JOBS, new Job("a"))))
        .boxed()
        .toList();
  }

  @Test
  void theJournalShowsAFaultWithItsCaller() {
    w7s.faults().add(Fault.refuse(429).retryAfter(ofMinutes(10)).onQueue(JOBS));
    assertThatThrownBy(() -> send("a")).isInstanceOf(LimitExceededException.class);

    assertThat(w7s.journal().of(Kind.FAULTED).entries())
        .singleElement()
        .extracting(Entry::toString)
        .isEqualTo(
            "3 2026-01-01T00:00:00Z faulted acme/worker/jobs by acme/shop (production): refused"
                + " with 429, retry after PT10M before platform");
  }

  @Test
  void toStringDescribesEachFault() {
    w7s.faults()
        .add(
            Fault.responseLost().onRpc("acme/worker").every(2).times(3).withProbability(0.5),
            Fault.slowHandler(ofMillis(5)));

    assertThat(w7s.faults())
        .hasToString(
            "[lost after platform on rpc acme/worker, every 2, 3 times, with probability 0.5,"
                + " slower by PT0.005S after handler on all]");
  }

  @Test
  void invalidFaultsAreRefused() {
    assertThatThrownBy(() -> Fault.refuse(200))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("fault status: found 200, must be 300 to 599");
    assertThatThrownBy(() -> Fault.responseLost().retryAfter(ofSeconds(1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("retry after: found PT1S for lost, must be for a refusal, not negative");
    assertThatThrownBy(() -> Fault.slow(ofSeconds(0))).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Fault.dropMessage().times(0))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Fault.dropMessage().every(0))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Fault.dropMessage().withProbability(1.1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("probability: found 1.1, must be 0 to 1");
  }
}
