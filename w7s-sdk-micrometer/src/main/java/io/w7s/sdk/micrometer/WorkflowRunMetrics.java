package io.w7s.sdk.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.w7s.sdk.app.WorkflowRuns;
import io.w7s.sdk.step.RunStatus.State;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How many runs of durable workflows are running, waiting, failed and cancelled ({@code
 * w7s.workflow.runs}). Those that are complete are not counted here, because that takes long where
 * there are many: {@code w7s.process} shows how many there were in a time.
 *
 * <pre>{@code
 * new WorkflowRunMetrics(app.runs()).bindTo(meterRegistry);
 * }</pre>
 *
 * <p>They are read from the database as {@link OutboxMetrics} does.
 */
public final class WorkflowRunMetrics implements MeterBinder {

  private static final Set<State> COUNTED = EnumSet.complementOf(EnumSet.of(State.COMPLETE));

  private final WorkflowRuns runs;
  private final Iterable<Tag> tags;

  /** Makes meters of the runs of all workflows of an app. */
  public WorkflowRunMetrics(WorkflowRuns runs) {
    this(runs, Tags.empty());
  }

  /**
   * Makes meters of runs.
   *
   * @param runs of one workflow for meters of its own: {@link WorkflowRuns#of}
   * @param tags added to each meter, for example the name of the workflow
   */
  public WorkflowRunMetrics(WorkflowRuns runs, Iterable<Tag> tags) {
    this.runs = requireNonNull(runs, "runs");
    this.tags = requireNonNull(tags, "tags");
  }

  private Map<State, Long> counts() {
    return runs.count(COUNTED);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    var reading =
        new DatabaseReading<>("the log of workflows", this::counts, registry.config().clock());
    for (State state : COUNTED) {
      Gauge.builder(
              "w7s.workflow.runs",
              reading,
              each -> each.value(counts -> counts.getOrDefault(state, 0L)))
          .description("Runs of durable workflows that have not completed")
          .tags(tags)
          .tag("w7s.state", state.name().toLowerCase(Locale.ROOT))
          .strongReference(true)
          .register(registry);
    }
  }
}
