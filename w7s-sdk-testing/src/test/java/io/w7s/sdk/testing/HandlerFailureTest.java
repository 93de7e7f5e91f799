package io.w7s.sdk.testing;

import static io.w7s.sdk.testing.Acme.BUILD;
import static io.w7s.sdk.testing.Acme.CURRENT;
import static io.w7s.sdk.testing.Acme.DONE;
import static io.w7s.sdk.testing.Acme.JOBS;
import static io.w7s.sdk.testing.Acme.SYNC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.queue.DeadLetter;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.testing.Acme.Job;
import io.w7s.sdk.testing.Journal.Entry;
import io.w7s.sdk.testing.Journal.Kind;
import io.w7s.sdk.workflow.WorkflowHandle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a test learns about a handler that fails. */
class HandlerFailureTest {

  private static final AppRef WORKER = AppRef.of("acme/worker");

  /** What the frames of {@link #outOfStock} look like in the journal. */
  private static final String EXCEPTION =
      "java.lang.IllegalStateException: out of stock at io.w7s.sdk.testing.HandlerFailureTest"
          + ".outOfStock(HandlerFailureTest.java:";

  private final InMemoryW7s w7s = InMemoryW7s.create();

  private static IllegalStateException outOfStock() {
    return new IllegalStateException("out of stock");
  }

  private void send(String... names) {
    for (String name : names) {
      w7s.as("acme/shop").queues().send(JOBS, new Job(name));
    }
  }

  private String details(Kind kind) {
    List<Entry> entries = w7s.journal().of(kind).entries();
    return entries.get(entries.size() - 1).detail();
  }

  @Test
  void theJournalShowsTheExceptionOfAMessage() {
    w7s.deploy(
        W7sApp.builder(WORKER)
            .on(
                JOBS,
                message -> {
                  throw outOfStock();
                })
            .build());
    send("a");
    w7s.runUntilIdle();

    String id = w7s.platform().queues().deadLetters().get(0).message().id();
    assertThat(details(Kind.FAILED))
        .startsWith(
            "batch of 1: acme/worker (production) /_w7s/queues/jobs responded with 500: handler of queue"
                + " jobs for message "
                + id
                + " (attempt 4): "
                + EXCEPTION)
        .contains("), io.w7s.sdk.testing.HandlerFailureTest.lambda$");
    assertThat(details(Kind.DEAD_LETTERED)).contains("retries exhausted, ").contains(EXCEPTION);
  }

  @Test
  void theJournalShowsTheExceptionsOfAllKindsOfHandlers() {
    w7s.deploy(
        W7sApp.builder(WORKER)
            .on(
                DONE,
                "events",
                event -> {
                  throw outOfStock();
                })
            .on(
                BUILD,
                run -> {
                  throw outOfStock();
                })
            .on(
                SYNC,
                run -> {
                  throw outOfStock();
                })
            .on(
                CURRENT,
                request -> {
                  throw outOfStock();
                })
            .build());

    w7s.as("acme/shop").events().publish(DONE, new Job("a"));
    w7s.runUntilIdle();
    assertThat(details(Kind.FAILED)).contains("queue events for message ").contains(EXCEPTION);

    w7s.fire("acme/worker", SYNC);
    assertThat(details(Kind.FAILED)).contains("schedule */5 * * * * for ").contains(EXCEPTION);

    WorkflowHandle<Job> build = w7s.as("acme/shop").workflows().start(BUILD, new Job("b"));
    w7s.runUntilIdle();
    assertThat(w7s.journal().of(Kind.RAN).entries())
        .hasSize(4)
        .allSatisfy(
            entry -> assertThat(entry.detail()).contains("workflow build for").contains(EXCEPTION));
    assertThat(build.status().error().orElseThrow())
        .as("the platform knows only the status")
        .endsWith("responded with 500");

    assertThatThrownBy(() -> w7s.as("acme/shop").rpc().call(CURRENT))
        .isInstanceOf(RpcFailedException.class)
        .hasMessageNotContaining("out of stock");
    assertThat(details(Kind.RESPONDED))
        .startsWith("GET with 500: handler of GET /current: " + EXCEPTION);
  }

  @Test
  void aDeadLetterHasTheExceptionOfItsOwnMessage() {
    w7s.deploy(
        W7sApp.builder(WORKER)
            .on(
                JOBS,
                message -> {
                  if (!message.body().name().equals("good")) {
                    throw new IllegalStateException("no " + message.body().name());
                  }
                })
            .build());
    send("a", "good", "b");
    w7s.runUntilIdle();

    List<DeadLetter> letters = w7s.platform().queues().deadLetters();
    assertThat(letters).hasSize(3);
    assertThat(letters.get(0).cause()).contains("no a").doesNotContain("no b");
    assertThat(letters.get(1).cause())
        .as("its neighbours failed, and the batch with them")
        .contains("no a")
        .contains("no b");
    assertThat(letters.get(2).cause()).contains("no b").doesNotContain("no a");
  }

  @Test
  void onlyTheUnreadableMessageOfABatchFails() {
    QueueRef<Object> anything = WORKER.queue("jobs", Object.class);
    var acme = new Acme();
    w7s.deploy(acme.worker());
    w7s.as("acme/shop").queues().send(anything, List.of("not a job"));
    send("b");
    w7s.runUntilIdle();

    assertThat(acme.handled).containsExactly("job b", "job b", "job b", "job b");
    assertThat(w7s.platform().queues().deadLetters().get(0).cause())
        .contains("responded with 400: message ")
        .contains("Job at ");
  }

  @Test
  void theJournalShowsTheCausesOfAnException() {
    w7s.deploy(
        W7sApp.builder(WORKER)
            .on(
                JOBS,
                message -> {
                  throw new IllegalStateException("not stored", outOfStock());
                })
            .build());
    send("a");
    w7s.runUntilIdle();

    assertThat(details(Kind.FAILED))
        .contains("java.lang.IllegalStateException: not stored at ")
        .contains("; caused by " + EXCEPTION);
  }

  @Test
  void theJournalShowsAnExceptionOnOneBoundedLine() {
    w7s.deploy(
        W7sApp.builder(WORKER)
            .on(
                JOBS,
                message -> {
                  throw new IllegalStateException("a\r\nb" + "x".repeat(1_000_000));
                })
            .build());
    send("a");
    w7s.runUntilIdle();

    assertThat(details(Kind.FAILED))
        .contains("a\\r\\nbxxx")
        .doesNotContain("\n", "\r")
        .hasSizeLessThan(3_000);
  }

  @Test
  void aDirectDeliveryReturnsTheException() {
    w7s.deploy(new Acme().failing());

    DeliveryResult delivery = w7s.deliver(JOBS, new Job("a"));

    assertThat(delivery.cause()).endsWith("responded with 500");
    assertThat(delivery.failures())
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure.cause())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no"));
    assertThat(delivery.details()).contains("java.lang.IllegalStateException: no at ");
  }

  @Test
  void aFailedAssertionInAHandlerFailsTheTest() {
    var assertion = new AssertionError("seen in a handler");
    w7s.deploy(
        W7sApp.builder(WORKER)
            .on(
                JOBS,
                message -> {
                  throw assertion;
                })
            .build());
    send("a");

    assertThatThrownBy(w7s::runUntilIdle).isSameAs(assertion);
    assertThat(w7s.platform().queues().counts(InMemoryW7s.id(JOBS)).depth())
        .as("the message is not lost")
        .isEqualTo(1);
  }

  @Test
  void anotherErrorOfAHandlerFailsOnlyItsMessage() {
    var handled = new ArrayList<String>();
    w7s.deploy(
        W7sApp.builder(WORKER)
            .on(
                JOBS,
                message -> {
                  if (message.body().name().equals("a") && message.attempt() == 1) {
                    throw new NoClassDefFoundError("com/example/Missing");
                  }
                  handled.add(message.body().name());
                })
            .build());
    send("a", "b");
    w7s.runUntilIdle();

    assertThat(handled).containsExactly("b", "a", "b");
    assertThat(w7s.platform().queues().deadLetters()).isEmpty();
  }

  @Test
  void anInterruptedHandlerIsTriedAgainAndDoesNotInterruptTheTest() {
    var attempts = new ArrayList<Integer>();
    w7s.deploy(
        W7sApp.builder(WORKER)
            .on(
                JOBS,
                message -> {
                  attempts.add(message.attempt());
                  Thread.sleep(0); // fails on an interrupted thread
                  if (message.attempt() == 1) {
                    throw new InterruptedException();
                  }
                })
            .build());
    send("a");
    w7s.runUntilIdle();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(attempts).containsExactly(1, 2);
    assertThat(w7s.platform().queues().deadLetters()).isEmpty();
  }

  @Test
  void aHandlerThatInterruptsItsThreadDoesNotInterruptOthers() {
    var interrupted = new ArrayList<Boolean>();
    w7s.deploy(
        W7sApp.builder(WORKER)
            .on(
                JOBS,
                message -> {
                  interrupted.add(Thread.currentThread().isInterrupted());
                  Thread.currentThread().interrupt();
                })
            .on(
                CURRENT,
                request -> {
                  Thread.currentThread().interrupt();
                  throw new IllegalStateException("as one does after an InterruptedException");
                })
            .build());
    send("a", "b");
    w7s.runUntilIdle();
    send("c");
    w7s.runUntilIdle();
    assertThatThrownBy(() -> w7s.as("acme/shop").rpc().call(CURRENT))
        .isInstanceOf(RpcFailedException.class);

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(interrupted).containsExactly(false, false, false);
  }

  @Test
  void anInterruptOfTheTestDoesNotReachAHandler() {
    var interrupted = new ArrayList<Boolean>();
    w7s.deploy(
        W7sApp.builder(WORKER)
            .on(JOBS, message -> interrupted.add(Thread.currentThread().isInterrupted()))
            .build());

    Thread.currentThread().interrupt();
    w7s.deliver(JOBS, new Job("a"));

    assertThat(Thread.interrupted()).as("it is still there").isTrue();
    assertThat(interrupted).containsExactly(false);
  }
}
