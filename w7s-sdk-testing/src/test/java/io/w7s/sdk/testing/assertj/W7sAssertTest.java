package io.w7s.sdk.testing.assertj;

import static io.w7s.sdk.testing.Acme.BUILD;
import static io.w7s.sdk.testing.Acme.CURRENT;
import static io.w7s.sdk.testing.Acme.DONE;
import static io.w7s.sdk.testing.Acme.JOBS;
import static io.w7s.sdk.testing.Acme.SYNC;
import static io.w7s.sdk.testing.assertj.W7sAssertions.assertThat;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.testing.Acme;
import io.w7s.sdk.testing.Acme.Job;
import io.w7s.sdk.testing.Fault;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.Journal.Kind;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Each assertion passes when it should, and its failure says what is wrong. */
class W7sAssertTest {

  private final InMemoryW7s w7s = InMemoryW7s.create();
  private final Acme acme = new Acme();

  private static AbstractThrowableAssert<?, ?> assertFails(ThrowingCallable assertion) {
    return assertThatThrownBy(assertion).isInstanceOf(AssertionError.class);
  }

  @Test
  void aQueueCountsItsMessages() {
    w7s.deploy(acme.worker());
    w7s.as("acme/shop").queues().send(JOBS, new Job("a"));
    assertThat(w7s).queue(JOBS).hasReceived(1).hasWaiting(1).hasDelivered(0).hasAttempted(0);

    w7s.runUntilIdle();
    assertThat(w7s)
        .queue("acme/worker", "jobs")
        .hasDelivered(1)
        .hasAttempted(1)
        .hasNoDeadLetters()
        .isEmpty();
    assertThat(w7s).hasNoDeadLetters();
  }

  @Test
  void aFailureShowsTheJournalOfTheDeadLetter() {
    w7s.deploy(acme.failing());
    w7s.as("acme/shop").queues().send(JOBS, new Job("a"));
    w7s.runUntilIdle();

    assertThat(w7s).queue(JOBS).hasDeadLetters(1).hasAttempted(4).hasDelivered(0);
    assertFails(() -> assertThat(w7s).queue(JOBS).hasNoDeadLetters())
        .hasMessageStartingWith("queue acme/worker/jobs: expected 0 dead letters, found 1")
        .hasMessageContaining(
            "\n> 3 2026-01-01T00:00:00Z sent acme/worker/jobs by acme/shop (production): message ")
        .hasMessageContaining(
            "failed acme/worker/jobs: batch of 1: acme/worker (production) /_w7s/queues/jobs responded with 500")
        .hasMessageContaining(", attempt 4, retries exhausted");
    assertFails(() -> assertThat(w7s).hasNoDeadLetters())
        .hasMessageStartingWith("journal: expected 0 entries dead-lettered, found 1");
  }

  @Test
  void eachQueueFailureShowsBothNumbers() {
    w7s.deploy(acme.worker());
    w7s.as("acme/shop").queues().send(JOBS, new Job("a"));

    QueueAssert jobs = assertThat(w7s).queue(JOBS);
    assertFails(() -> jobs.hasReceived(2)).hasMessageContaining("2 messages sent to it, found 1");
    assertFails(() -> jobs.hasDelivered(1))
        .hasMessageContaining("1 messages delivered and acknowledged, found 0");
    assertFails(() -> jobs.hasAttempted(1)).hasMessageContaining("1 deliveries attempted, found 0");
    assertFails(jobs::isEmpty).hasMessageContaining("0 messages waiting, found 1");
    assertFails(() -> jobs.hasDeadLetters(1)).hasMessageContaining("1 dead letters, found 0");
  }

  @Test
  void anUnknownQueueIsNotAnEmptyOne() {
    w7s.deploy(acme.worker());

    assertFails(() -> assertThat(w7s).queue("acme/worker", "job").isEmpty())
        .hasMessageStartingWith(
            "queue acme/worker/job: expected to exist; the queues are [acme/worker/jobs]");
  }

  @Test
  void anAppCountsItsCallsAndResponses() {
    w7s.deploy(acme.worker());
    w7s.as("acme/shop").rpc().call(CURRENT);
    w7s.as("acme/shop").events().publish(DONE, new Job("a"));
    try {
      w7s.as("acme/shop").queues().send(AppRef.of("acme/gone").queue("q", Job.class), new Job("a"));
    } catch (NotFoundException expected) {
      // it is what is counted
    }

    assertThat(w7s).app("acme/worker").isDeployed().hasResponded(1).wasRefused(0);
    assertThat(w7s)
        .app("acme/shop")
        .hasPublished(1)
        .hasPublished(DONE, 1)
        .wasRefused(1)
        .hasResponded(0);
    assertThat(w7s).app("acme/gone").isNotDeployed();
    assertThat(w7s).app(AppId.parse("acme/worker"), Environment.of("x")).isNotDeployed();

    assertFails(() -> assertThat(w7s).app("acme/gone").isDeployed())
        .hasMessageStartingWith("app acme/gone (production): expected to be deployed");
    assertFails(() -> assertThat(w7s).app("acme/worker").isNotDeployed())
        .hasMessageContaining("not to be deployed");
    assertFails(() -> assertThat(w7s).app("acme/worker").hasResponded(2))
        .hasMessageContaining("2 responses, found 1")
        .hasMessageContaining("> ")
        .hasMessageContaining(
            "responded acme/worker/current by acme/shop (production): GET with 200");
    assertFails(() -> assertThat(w7s).app("acme/shop").wasRefused(0))
        .hasMessageContaining("0 calls refused, found 1");
    assertFails(() -> assertThat(w7s).app("acme/shop").hasPublished(2))
        .hasMessageContaining("2 events published, found 1");
    assertFails(() -> assertThat(w7s).app("acme/shop").hasPublished(DONE, 0))
        .hasMessageContaining("0 events published under jobs.done, found 1");
  }

  @Test
  void aWorkflowCountsItsInstancesByState() {
    w7s.deploy(acme.worker());
    var shop = w7s.as("acme/shop").workflows();
    shop.start(BUILD, new Job("a")).await(ofMinutes(1));
    w7s.faults().add(Fault.failHandler(500).onWorkflow(BUILD));
    shop.start(BUILD, new Job("b"));
    assertThat(w7s).workflow(BUILD).hasActive(1);
    w7s.runUntilIdle();

    assertThat(w7s)
        .workflow(BUILD)
        .hasStarted(2)
        .hasCompleted(1)
        .hasFailed(1)
        .hasActive(0)
        .hasAttempted(5);
    WorkflowAssert build = assertThat(w7s).workflow("acme/worker", "build");
    assertFails(() -> build.hasFailed(0))
        .hasMessageStartingWith("workflow acme/worker/build: expected 0 instances failed, found 1")
        .hasMessageContaining("attempt 4: errored");
    assertFails(() -> build.hasStarted(1)).hasMessageContaining("instances started, found 2");
    assertFails(() -> build.hasCompleted(2)).hasMessageContaining("instances complete, found 1");
    assertFails(() -> build.hasActive(1)).hasMessageContaining("instances active, found 0");
    assertFails(() -> build.hasAttempted(1)).hasMessageContaining("runs attempted, found 5");
  }

  @Test
  void aScheduleCountsItsRuns() {
    w7s.deploy(acme.worker());
    w7s.faults().add(Fault.failHandler(503).onSchedule("acme/worker").times(1));
    w7s.advance(ofMinutes(10));

    assertThat(w7s).schedule("acme/worker", SYNC).hasFired(2).hasFailed(1);
    assertFails(() -> assertThat(w7s).schedule("acme/worker", SYNC).hasFired(3))
        .hasMessageStartingWith(
            "schedule */5 * * * * /_w7s/schedules/sync of acme/worker: expected 3 times fired,"
                + " found 2");
    assertFails(() -> assertThat(w7s).schedule("acme/worker", SYNC).hasFailed(0))
        .hasMessageContaining("0 times failed, found 1");
  }

  @Test
  void usageCountsCallsByMetric() {
    w7s.deploy(acme.worker());
    w7s.as("acme/shop").rpc().call(CURRENT);

    assertThat(w7s).usage("acme/shop").has(Metric.RPC_DISPATCH, 1).has(Metric.QUEUE_SEND, 0);
    assertFails(() -> assertThat(w7s).usage("acme/shop").has(Metric.RPC_DISPATCH, 2))
        .hasMessageStartingWith("usage of acme/shop: expected 2 of rpc.dispatch, found 1");
  }

  @Test
  void theJournalChecksKindsTargetsAndOrder() {
    assertThat(w7s).journal().isEmpty();
    w7s.deploy(acme.worker());
    w7s.as("acme/shop").queues().send(JOBS, new Job("a"));
    w7s.runUntilIdle();

    assertThat(w7s)
        .journal()
        .has(Kind.SENT, 1)
        .has(Kind.SENT, "acme/worker")
        .hasNo(Kind.FAULTED)
        .hasInOrder(Kind.DEPLOYED, Kind.SENT, Kind.DELIVERED, Kind.ACKNOWLEDGED);
    assertFails(() -> assertThat(w7s).journal().has(Kind.SENT, 2))
        .hasMessageStartingWith("journal: expected 2 entries sent, found 1")
        .hasMessageContaining("\n> 3 2026");
    assertFails(() -> assertThat(w7s).journal().has(Kind.RETRIED, "acme/worker/jobs"))
        .hasMessageStartingWith("journal: expected an entry retried about acme/worker/jobs");
    assertFails(() -> assertThat(w7s).journal().hasInOrder(Kind.DELIVERED, Kind.SENT))
        .hasMessageStartingWith(
            "journal: expected [delivered, sent] in this order, found no sent after the 1 before"
                + " it");
    assertFails(() -> assertThat(w7s).journal().isEmpty())
        .hasMessageStartingWith("journal: expected nothing to have happened");
  }

  @Test
  void aCountFailsWhenTheJournalHasForgottenEntries() {
    InMemoryW7s bounded = InMemoryW7s.builder().journalLimit(2).build();
    bounded.deploy(acme.worker());
    bounded.as("acme/shop").queues().send(JOBS, new Job("a"));
    bounded.runUntilIdle();

    assertThat(bounded).queue(JOBS).hasDelivered(1);
    assertFails(() -> assertThat(bounded).queue(JOBS).hasAttempted(1))
        .hasMessageStartingWith(
            "queue acme/worker/jobs: the journal is bounded, and has forgotten 3 entries");
  }

  @Test
  void aFailureStartsWithItsDescription() {
    w7s.deploy(acme.worker());
    assertFails(
            () -> assertThat(w7s).queue(JOBS).as("after the order").hasReceived(List.of(1).size()))
        .hasMessageStartingWith("[after the order] queue acme/worker/jobs: expected 1 messages");
  }
}
