package io.w7s.sdk.testing.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.RunEndedException;
import io.w7s.sdk.error.RunNotFoundException;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workflow executions: how they are started, identified and awaited. */
public abstract class WorkflowContract extends ContractTests {

  /**
   * Creates the tests.
   *
   * @param fixtures opens a fixture for each test, in which these limits apply
   */
  protected WorkflowContract(Function<Limits, TransportFixture> fixtures) {
    super(fixtures);
  }

  @ParameterizedTest
  @EnumSource
  void aStartedWorkflowCompletes(CallStyle style) {
    deploy(worker().build());

    WorkflowHandle<Text> handle = start(style, shop(), "order-1", "a");
    fixture().settle();

    assertThat(handle.instanceId()).endsWith("order-1");
    Duration longest = Duration.ofSeconds(20);
    assertThat(style.call(() -> handle.await(longest), () -> handle.awaitAsync(longest)))
        .isEqualTo(new Text("built a"));
    assertThat(style.call(handle::status, handle::statusAsync).state()).isEqualTo(State.COMPLETE);
  }

  @Test
  void startingTwiceWithOneIdGivesOneInstance() {
    deploy(worker().build());
    W7s shop = shop();

    String first = start(CallStyle.BLOCKING, shop, "order-1", "a").instanceId();
    WorkflowHandle<Text> second = start(CallStyle.BLOCKING, shop, "order-1", "b");
    fixture().settle();

    assertThat(second.instanceId()).isEqualTo(first);
    assertThat(second.await(Duration.ofSeconds(20))).isEqualTo(new Text("built a"));
  }

  @ParameterizedTest
  @EnumSource
  void aDurableRunThatWaitsIsFollowedToItsEnd(CallStyle style) {
    var time = new VirtualTime(Instant.parse("2026-01-01T00:00:00Z"), 1);
    W7sApp worker =
        W7sApp.builder(new AppRef(WORKER))
            .steps(StepLog.inMemory(time))
            .on(
                BUILD,
                (run, steps) -> {
                  steps.sleep("wait", Duration.ofDays(1));
                  return new Text("built " + requireNonNull(run.payload()).text());
                })
            .build();
    deploy(worker);

    WorkflowHandle<Text> handle = start(style, shop(), "order-1", "a");
    fixture().settle();

    assertThat(style.call(handle::status, handle::statusAsync).state()).isEqualTo(State.WAITING);
    time.advance(Duration.ofDays(1));
    assertThat(worker.runDue()).isPositive();
    Duration longest = Duration.ofSeconds(20);
    assertThat(style.call(() -> handle.await(longest), () -> handle.awaitAsync(longest)))
        .isEqualTo(new Text("built a"));
  }

  @ParameterizedTest
  @EnumSource
  void aDurableRunTakesTheEventsThatItIsSignalled(CallStyle style) {
    RunEvent<Text> more = RunEvent.of("more", Text.class);
    W7sApp worker =
        W7sApp.builder(new AppRef(WORKER))
            .steps(StepLog.inMemory(new VirtualTime(Instant.parse("2026-01-01T00:00:00Z"), 1)))
            .on(
                BUILD,
                (run, steps) -> {
                  String first = event(steps.waitForEvent("first", more, Duration.ofDays(1)));
                  String second = event(steps.waitForEvent("second", more, Duration.ofDays(1)));
                  return new Text(first + second);
                })
            .build();
    deploy(worker);
    WorkflowHandle<Text> handle = start(style, shop(), "order-1", "a");
    fixture().settle();

    signal(style, handle, more, "b", "1");
    signal(style, handle, more, "c", "1");
    signal(style, handle, more, "d", "2");
    worker.runDue();

    Duration longest = Duration.ofSeconds(20);
    assertThat(style.call(() -> handle.await(longest), () -> handle.awaitAsync(longest)))
        .isEqualTo(new Text("bd"));
    signal(style, handle, more, "d", "2");
    assertThatThrownBy(() -> signal(style, handle, more, "e", "3"))
        .isInstanceOf(RunEndedException.class);
    WorkflowHandle<Text> unknown =
        shop().workflows().handle(BUILD, handle.instanceId() + "-unknown");
    assertThatThrownBy(() -> signal(style, unknown, more, "e", "3"))
        .isInstanceOf(RunNotFoundException.class);
  }

  private static String event(Optional<Text> event) {
    return event.orElseThrow().text();
  }

  private static void signal(
      CallStyle style, WorkflowHandle<Text> handle, RunEvent<Text> event, String text, String id) {
    style.call(
        () -> {
          handle.signal(event, new Text(text), each -> each.id(id));
          return true;
        },
        () ->
            handle
                .signalAsync(event, new Text(text), each -> each.id(id))
                .thenApply(signalled -> true));
  }
}
