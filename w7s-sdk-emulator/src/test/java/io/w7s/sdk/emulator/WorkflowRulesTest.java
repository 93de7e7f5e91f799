package io.w7s.sdk.emulator;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowHandler;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the platform runs workflows, and when it gives one up. */
class WorkflowRulesTest {

  private static final WorkflowRef<Integer, String> CHECKOUT =
      AppRef.of("acme/shop").workflow("checkout", Integer.class, String.class);

  private final World world = new World();
  private final World.Diary diary = world.new Diary();
  private final W7s w7s = world.as("acme/web");

  private void deploy(WorkflowHandler<Integer, String> handler) {
    world.deploy(W7sApp.builder(AppRef.of("acme/shop")).on(CHECKOUT, handler).build());
  }

  @Test
  void aStartedInstanceIsQueuedAndThenComplete() {
    deploy(run -> "paid " + run.payload());
    WorkflowHandle<String> handle = w7s.workflows().start(CHECKOUT, 5);
    assertThat(handle.status().state()).isEqualTo(State.QUEUED);
    world.pass(Duration.ZERO);
    assertThat(handle.status().state()).isEqualTo(State.COMPLETE);
    assertThat(handle.await(ofSeconds(1))).isEqualTo("paid 5");
  }

  @Test
  void awaitMovesTheClock() {
    deploy(run -> "paid");
    assertThat(w7s.workflows().start(CHECKOUT, 5).await(ofMinutes(1))).isEqualTo("paid");
    assertThat(world.time.now()).isEqualTo(World.START.plusMillis(250));
  }

  @Test
  void aFutureOfAnAwaitMovesTheClockToo() {
    deploy(run -> "paid");
    assertThat(w7s.workflows().start(CHECKOUT, 5).awaitAsync(ofMinutes(1)).join())
        .isEqualTo("paid");
  }

  @Test
  void aFailedRunIsTriedAgainAfterTenTwentyAndFortySecondsAndThenGivenUp() {
    deploy(
        run -> {
          diary.write("run");
          throw new IllegalStateException("no money");
        });
    WorkflowHandle<String> handle = w7s.workflows().start(CHECKOUT, 5);
    world.pass(ofSeconds(5));
    assertThat(handle.status().state()).isEqualTo(State.WAITING);
    world.time.runUntilIdle(100);
    assertThat(diary.lines).containsExactly("0s run", "10s run", "30s run", "70s run");
    assertThat(handle.status().state()).isEqualTo(State.ERRORED);
    assertThat(handle.status().error()).hasValueSatisfying(why -> assertThat(why).contains("500"));
    assertThatThrownBy(() -> handle.await(ofSeconds(1)))
        .isInstanceOf(WorkflowFailedException.class);
  }

  @Test
  void aRunOfMoreThanThreeHundredSecondsFails() {
    var delays = new ArrayList<>(List.of(ofSeconds(301), ofSeconds(300)));
    deploy(
        run -> {
          diary.write("run");
          world.time.sleep(delays.remove(0));
          return "paid";
        });
    WorkflowHandle<String> handle = w7s.workflows().start(CHECKOUT, 5);
    world.time.runUntilIdle(100);
    assertThat(diary.lines).containsExactly("0s run", "311s run");
    assertThat(handle.status().state()).isEqualTo(State.COMPLETE);
  }

  @Test
  void aRunningInstanceSaysSo() {
    var seen = new ArrayList<State>();
    var handle = new ArrayList<WorkflowHandle<String>>();
    deploy(
        run -> {
          seen.add(handle.get(0).status().state());
          return "paid";
        });
    handle.add(w7s.workflows().start(CHECKOUT, 5));
    world.time.runUntilIdle(100);
    assertThat(seen).containsExactly(State.RUNNING);
  }

  @Test
  void theSameIdIsTheSameInstance() {
    deploy(
        run -> {
          diary.write("run " + run.payload());
          return "paid";
        });
    WorkflowHandle<String> first =
        w7s.workflows().start(CHECKOUT, 1, start -> start.instanceId("order-1"));
    world.time.runUntilIdle(100);
    WorkflowHandle<String> second =
        w7s.workflows().start(CHECKOUT, 2, start -> start.instanceId("order-1"));
    world.time.runUntilIdle(100);
    assertThat(first.instanceId()).isEqualTo("production-acme-shop-checkout-order-1");
    assertThat(second.instanceId()).isEqualTo(first.instanceId());
    assertThat(diary.lines).containsExactly("0s run 1");
    assertThat(w7s.workflows().handle(CHECKOUT, first.instanceId()).await(ofSeconds(1)))
        .isEqualTo("paid");
  }

  @Test
  void fiftyInstancesOfAnAppMayBeActive() {
    deploy(run -> "paid");
    for (int i = 0; i < 50; i++) {
      w7s.workflows().start(CHECKOUT, i);
    }
    assertThatThrownBy(
            () -> w7s.workflows().start(CHECKOUT, 51, start -> start.retry(RetryPolicy.none())))
        .isInstanceOfSatisfying(
            LimitExceededException.class,
            limit -> {
              assertThat(limit.retryAfter()).hasValue(ofSeconds(60));
              assertThat(limit.details()).containsKey("activeWorkflowLimit");
            });
    world.time.runUntilIdle(100);
    w7s.workflows().start(CHECKOUT, 51);
  }

  @Test
  void anOutputIsCutAtItsLimit() {
    deploy(run -> "x".repeat(70_000));
    WorkflowHandle<String> handle = w7s.workflows().start(CHECKOUT, 1);
    world.time.runUntilIdle(100);
    assertThat(handle.status().output().orElseThrow().body()).hasSize(65_536);
  }

  @Test
  void anInstanceThatWasNeverStartedIsNotFound() {
    deploy(run -> "paid");
    WorkflowHandle<String> nobody = w7s.workflows().handle(CHECKOUT, "nobody");
    assertThatThrownBy(nobody::status).isInstanceOf(NotFoundException.class);
  }

  @Test
  void awaitGivesUpInTimeAndTheInstanceGoesOn() {
    deploy(
        run -> {
          diary.write("run");
          throw new IllegalStateException("not yet");
        });
    WorkflowHandle<String> handle = w7s.workflows().start(CHECKOUT, 1);
    assertThatThrownBy(() -> handle.await(ofSeconds(15))).isInstanceOf(CallTimeoutException.class);
    assertThat(diary.lines).containsExactly("0s run", "10s run");
    world.time.runUntilIdle(100);
    assertThat(diary.lines).hasSize(4);
  }

  @Test
  void onlyTheNewestEndedInstancesAreKept() {
    var small = new World(builder -> builder.endedInstancesKept(2));
    small.deploy(W7sApp.builder(AppRef.of("acme/shop")).on(CHECKOUT, run -> "paid").build());
    W7s web = small.as("acme/web");
    List<WorkflowHandle<String>> handles = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      handles.add(web.workflows().start(CHECKOUT, i));
      small.time.runUntilIdle(100);
    }
    assertThatThrownBy(handles.get(0)::status).isInstanceOf(NotFoundException.class);
    assertThat(handles.get(1).status().state()).isEqualTo(State.COMPLETE);
    assertThat(handles.get(2).status().state()).isEqualTo(State.COMPLETE);
  }
}
