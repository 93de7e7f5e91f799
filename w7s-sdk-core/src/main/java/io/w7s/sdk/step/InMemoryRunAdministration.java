package io.w7s.sdk.step;

import io.w7s.sdk.step.InMemoryStepLog.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks after the runs of a log in memory, whose lock it takes. */
final class InMemoryRunAdministration implements RunAdministration {

  private static final Comparator<RunInfo> LAST_STARTED_FIRST =
      Comparator.comparing(RunInfo::startedAt)
          .thenComparing(run -> run.id().workflow())
          .thenComparing(run -> run.id().instance())
          .reversed();

  private final InMemoryStepLog log;

  InMemoryRunAdministration(InMemoryStepLog log) {
    this.log = log;
  }

  private static RunInfo info(Entry entry) {
    return new RunInfo(
        entry.run.id(),
        entry.state,
        entry.epoch,
        entry.startedAt,
        entry.endedAt,
        entry.dueAt,
        entry.failures,
        entry.takeovers,
        entry.error,
        entry.cancelReason,
        entry.forkedFrom);
  }

  @Override
  public List<RunInfo> list(Collection<String> workflows, RunQuery query) {
    synchronized (log) {
      return log.runs.values().stream()
          .map(InMemoryRunAdministration::info)
          .filter(run -> workflows.contains(run.id().workflow()))
          .filter(run -> isMeant(run, query))
          .sorted(LAST_STARTED_FIRST)
          .limit(query.limit())
          .toList();
    }
  }

  private static boolean isMeant(RunInfo run, RunQuery query) {
    return (query.states().isEmpty() || query.states().contains(run.state()))
        && query.startedFrom().filter(run.startedAt()::isBefore).isEmpty()
        && query.startedBefore().map(run.startedAt()::isBefore).orElse(true)
        && comesAfter(run, query);
  }

  private static boolean comesAfter(RunInfo run, RunQuery query) {
    Instant startedAt = query.afterStartedAt().orElse(null);
    RunId id = query.afterId().orElse(null);
    if (startedAt == null || id == null) {
      return true;
    }
    var last = new RunInfo(id, run.state(), 0, startedAt, null, null, 0, 0, null, null, null);
    return LAST_STARTED_FIRST.compare(last, run) < 0;
  }

  @Override
  public Map<RunStatus.State, Long> count(
      Collection<String> workflows, Set<RunStatus.State> states) {
    var counts = new EnumMap<RunStatus.State, Long>(RunStatus.State.class);
    states.forEach(state -> counts.put(state, 0L));
    synchronized (log) {
      log.runs.values().stream()
          .filter(entry -> workflows.contains(entry.run.id().workflow()))
          .forEach(entry -> counts.computeIfPresent(entry.state, (state, runs) -> runs + 1));
    }
    return counts;
  }

  @Override
  public Optional<RunInfo> find(RunId run) {
    synchronized (log) {
      return Optional.ofNullable(log.runs.get(run)).map(InMemoryRunAdministration::info);
    }
  }

  @Override
  public Optional<NewRun> input(RunId run) {
    synchronized (log) {
      return Optional.ofNullable(log.runs.get(run)).map(entry -> entry.run);
    }
  }

  private @Nullable Entry open(RunId run) {
    Entry entry = log.runs.get(run);
    return entry == null || entry.state.ended() ? null : entry;
  }

  @Override
  public boolean requestCancel(RunId run, String reason) {
    synchronized (log) {
      Entry entry = open(run);
      if (entry == null) {
        return false;
      }
      if (entry.cancelReason == null) {
        entry.cancelReason = reason;
      }
      Instant now = log.time().now();
      if (entry.state == RunStatus.State.WAITING
          && entry.dueAt != null
          && entry.dueAt.isAfter(now)) {
        entry.dueAt = now;
      }
      return true;
    }
  }

  @Override
  public boolean terminate(RunId run, String reason) {
    synchronized (log) {
      Entry entry = open(run);
      if (entry == null) {
        return false;
      }
      entry.state = RunStatus.State.CANCELLED;
      entry.epoch++;
      entry.dueAt = null;
      entry.endedAt = log.time().now();
      entry.error = reason;
      return true;
    }
  }

  @Override
  public boolean reopen(RunInfo run, Kept keep) {
    synchronized (log) {
      Entry entry = log.runs.get(run.id());
      if (entry == null || !entry.state.ended() || entry.epoch != run.epoch()) {
        return false;
      }
      entry.steps.values().removeIf(step -> !isKept(step, keep));
      entry.taken.values().removeIf(step -> !entry.steps.containsKey(step));
      entry.state = RunStatus.State.WAITING;
      entry.epoch++;
      entry.dueAt = log.time().now();
      entry.endedAt = null;
      entry.failures = 0;
      entry.takeovers = 0;
      entry.output = null;
      entry.error = null;
      entry.cancelReason = null;
      return true;
    }
  }

  private static boolean isKept(StepRecord step, Kept keep) {
    return step.position() < keep.before() || keep.branches().contains(step.name());
  }

  @Override
  public List<Fork> fork(List<Fork> forks) {
    synchronized (log) {
      return forks.stream().filter(fork -> !fork(fork)).toList();
    }
  }

  /** Makes a run, unless it is there; returns whether the other run is as it was. */
  private boolean fork(Fork fork) {
    Entry from = log.runs.get(fork.from().id());
    if (from == null || from.epoch != fork.from().epoch()) {
      return false;
    }
    if (log.runs.containsKey(fork.to())) {
      return true;
    }
    var run = new NewRun(fork.to(), from.run.payload(), from.run.createdAt(), from.run.caller());
    var to = new Entry(run, log.time().now());
    to.forkedFrom = fork.from().id().instance();
    from.steps.values().stream()
        .filter(step -> isKept(step, fork.keep()))
        .forEach(step -> to.steps.put(step.name(), step));
    to.events.putAll(from.events);
    from.taken.forEach(
        (event, step) -> {
          if (to.steps.containsKey(step)) {
            to.taken.put(event, step);
          }
        });
    log.runs.put(fork.to(), to);
    return true;
  }

  @Override
  public int deleteEnded(Collection<String> workflows, Duration olderThan, int limit) {
    synchronized (log) {
      Instant before = log.time().now().minus(olderThan);
      List<RunId> old =
          log.runs.values().stream()
              .map(InMemoryRunAdministration::info)
              .filter(run -> workflows.contains(run.id().workflow()))
              .filter(run -> run.endedAt() != null && !run.endedAt().isAfter(before))
              .sorted(Comparator.comparing(InMemoryRunAdministration::endedAt))
              .limit(limit)
              .map(RunInfo::id)
              .toList();
      old.forEach(log.runs::remove);
      return old.size();
    }
  }

  private static Instant endedAt(RunInfo run) {
    return run.endedAt() == null ? Instant.MAX : run.endedAt();
  }
}
