package io.w7s.sdk.testing.assertj;

import io.w7s.sdk.AppId;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.Journal.Kind;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.util.function.Predicate;

/** Assertions about the current states of the instances of a workflow. */
public final class WorkflowAssert extends PlatformAssert<WorkflowAssert> {

  private final AppId app;
  private final String name;

  WorkflowAssert(InMemoryW7s actual, AppId app, String name) {
    super(
        actual,
        WorkflowAssert.class,
        "workflow " + app + "/" + name,
        entry -> entry.target().equals(app + "/" + name));
    this.app = app;
    this.name = name;
  }

  private long instances(Predicate<State> state) {
    isNotNull();
    return actual.platform().workflows().of(AppInstance.of(app), name).stream()
        .filter(instance -> state.test(instance.status().state()))
        .count();
  }

  /** Checks how many instances were started, whatever their state. */
  public WorkflowAssert hasStarted(int count) {
    return hasCount("instances started", count, instances(state -> true));
  }

  /** Checks how many instances are complete. */
  public WorkflowAssert hasCompleted(int count) {
    return hasCount("instances complete", count, instances(State.COMPLETE::equals));
  }

  /** Checks how many instances ended without completing. */
  public WorkflowAssert hasFailed(int count) {
    return hasCount(
        "instances failed", count, instances(state -> state.ended() && state != State.COMPLETE));
  }

  /** Checks how many instances have not ended. */
  public WorkflowAssert hasActive(int count) {
    return hasCount("instances active", count, instances(state -> !state.ended()));
  }

  /** Checks the number of run attempts of all instances. */
  public WorkflowAssert hasAttempted(int runs) {
    return hasCount("runs attempted", runs, recorded(Kind.RAN));
  }
}
