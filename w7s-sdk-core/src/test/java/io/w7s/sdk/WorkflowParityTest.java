package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What starting a workflow and waiting for it do, blocking and async alike. */
class WorkflowParityTest extends ClientParity {

  @TestFactory
  Stream<DynamicTest> workflows() {
    rule(
        "a start returns a handle with the platform's instance id",
        List.of(instance(State.QUEUED, null, null)),
        w7s -> w7s.workflows().start(CHECKOUT, JOB).instanceId(),
        w7s -> w7s.workflows().startAsync(CHECKOUT, JOB).thenApply(handle -> handle.instanceId()),
        outcome -> {
          assertThat(outcome.result()).isEqualTo("production-acme-shop-checkout-1");
          assertThat(outcome.onlySent(WorkflowStart.class).repeatable()).isFalse();
        });
    rule(
        "a start with an instance id is retried when its delivery is unknown",
        List.of(CUT, instance(State.QUEUED, null, null)),
        w7s -> w7s.workflows().start(CHECKOUT, JOB, start -> start.instanceId("1")).instanceId(),
        w7s ->
            w7s.workflows()
                .startAsync(CHECKOUT, JOB, start -> start.instanceId("1"))
                .thenApply(handle -> handle.instanceId()),
        outcome -> assertThat(outcome.failure()).isNull());
    rule(
        "waiting asks at growing intervals and returns the decoded output",
        List.of(
            instance(State.QUEUED, null, null),
            instance(State.RUNNING, null, null),
            instance(State.WAITING, null, null),
            instance(State.COMPLETE, "{\"user\":\"ann\"}", null)),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").await(Duration.ofMinutes(1)),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").awaitAsync(Duration.ofMinutes(1)),
        outcome -> {
          assertThat(outcome.result()).isEqualTo(new Session("ann"));
          assertThat(outcome.waits())
              .containsExactly(
                  Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1));
        });
    rule(
        "waiting for an instance that errored says why",
        List.of(instance(State.ERRORED, null, "no stock")),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").await(Duration.ofMinutes(1)),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").awaitAsync(Duration.ofMinutes(1)),
        outcome -> {
          WorkflowFailedException failure = outcome.failed(WorkflowFailedException.class);
          assertThat(failure.state()).isEqualTo("errored");
          assertThat(failure).hasMessageContaining("no stock");
        });
    rule(
        "waiting ends after the given time, and the instance goes on",
        List.of(
            instance(State.RUNNING, null, null),
            instance(State.RUNNING, null, null),
            instance(State.RUNNING, null, null)),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").await(Duration.ofMillis(600)),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").awaitAsync(Duration.ofMillis(600)),
        outcome -> {
          assertThat(outcome.failed(CallTimeoutException.class))
              .hasMessageContaining("still running after PT0.6S");
          assertThat(outcome.waits())
              .containsExactly(Duration.ofMillis(250), Duration.ofMillis(350));
        });
    return tests.stream();
  }
}
