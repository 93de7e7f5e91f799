package io.w7s.sdk.step;

import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.workflow.RunProgress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A log in memory. It keeps all runs. */
final class InMemoryStepLog implements StepLog {

  private final TimeSource time;
  final Map<RunId, Entry> runs = new LinkedHashMap<>();

  InMemoryStepLog(TimeSource time) {
    this.time = time;
  }

  /** An event, and when it came. */
  record Received(EventRecord event, Instant at) {}

  static final class Entry {
    NewRun run;
    final Map<String, StepRecord> steps = new HashMap<>();
    long epoch;
    int failures;
    RunStatus.State state = RunStatus.State.WAITING;
    @Nullable Instant dueAt;
    @Nullable RawJson output;
    @Nullable String error;
    final Instant startedAt;
    @Nullable Instant endedAt;
    int takeovers;
    int stepCount;
    @Nullable String cancelReason;
    @Nullable String forkedFrom;

    @Nullable RunProgress progress;

    /** The events by name and id, in the order in which they came. */
    final Map<List<String>, Received> events = new LinkedHashMap<>();

    /** The step that has taken an event, by the event's name and id. */
    final Map<List<String>, String> taken = new HashMap<>();

    /** The event that a suspended run waits for; null for none. */
    @Nullable String waitsFor;

    Entry(NewRun run, Instant now) {
      this.run = run;
      this.dueAt = now;
      this.startedAt = now.truncatedTo(ChronoUnit.MILLIS);
    }
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public synchronized Optional<HeldRun> start(NewRun run, Duration lease) {
    Entry entry = runs.computeIfAbsent(run.id(), id -> new Entry(run, time.now()));
    return isDue(entry) ? Optional.of(take(entry, lease)) : Optional.empty();
  }

  @Override
  public synchronized Optional<HeldRun> takeDue(Collection<String> workflows, Duration lease) {
    return open(workflows)
        .filter(this::isDue)
        .min(
            Comparator.comparing((Entry entry) -> entry.state != RunStatus.State.RUNNING)
                .thenComparing(InMemoryStepLog::dueAt))
        .map(entry -> take(entry, lease));
  }

  @Override
  public synchronized Optional<Duration> untilDue(Collection<String> workflows) {
    Instant now = time.now();
    return open(workflows)
        .map(InMemoryStepLog::dueAt)
        .min(Comparator.naturalOrder())
        .map(due -> due.isAfter(now) ? Duration.between(now, due) : Duration.ZERO);
  }

  private Stream<Entry> open(Collection<String> workflows) {
    return runs.values().stream()
        .filter(entry -> entry.dueAt != null && workflows.contains(entry.run.id().workflow()));
  }

  private static Instant dueAt(Entry entry) {
    return entry.dueAt == null ? Instant.MAX : entry.dueAt;
  }

  private boolean isDue(Entry entry) {
    return entry.dueAt != null && !entry.dueAt.isAfter(time.now());
  }

  private HeldRun take(Entry entry, Duration lease) {
    boolean takeover = entry.state == RunStatus.State.RUNNING;
    boolean newStep = entry.steps.size() != entry.stepCount;
    entry.takeovers = !takeover ? 0 : newStep ? 1 : entry.takeovers + 1;
    entry.stepCount = entry.steps.size();
    entry.state = RunStatus.State.RUNNING;
    entry.dueAt = time.now().plus(lease);
    entry.epoch++;
    return new HeldRun(
        entry.run, entry.epoch, entry.failures, time.now(), entry.takeovers, entry.cancelReason);
  }

  @Override
  public synchronized void giveBack(HeldRun run) {
    Entry entry = requireHeld(run);
    if (entry.takeovers == 0) {
      entry.state = RunStatus.State.WAITING;
    } else {
      entry.takeovers--;
    }
    entry.dueAt = run.now();
  }

  @Override
  public synchronized boolean renew(HeldRun run, Duration lease) {
    Entry entry = held(run);
    if (entry == null) {
      return false;
    }
    entry.dueAt = time.now().plus(lease);
    return true;
  }

  private @Nullable Entry held(HeldRun run) {
    Entry entry = runs.get(run.id());
    return entry != null && entry.epoch == run.epoch() && entry.state == RunStatus.State.RUNNING
        ? entry
        : null;
  }

  private Entry requireHeld(HeldRun run) {
    Entry entry = held(run);
    if (entry == null) {
      throw new LeaseLostException(run.id().toString());
    }
    return entry;
  }

  @Override
  public synchronized List<StepRecord> steps(RunId run) {
    Entry entry = runs.get(run);
    return entry == null
        ? List.of()
        : entry.steps.values().stream()
            .sorted(Comparator.comparingInt(StepRecord::position))
            .toList();
  }

  @Override
  public synchronized Optional<String> write(HeldRun run, StepRecord step) {
    Entry entry = requireHeld(run);
    StepRecord before = entry.steps.get(step.name());
    if (before != null && before.state() == StepRecord.State.DONE) {
      throw new LeaseLostException(run.id().toString()); // who writes it again is late
    }
    entry.steps.put(step.name(), step);
    return Optional.ofNullable(entry.cancelReason);
  }

  @Override
  public synchronized void suspend(
      HeldRun run, Instant dueAt, int failures, @Nullable String error) {
    Entry entry = requireHeld(run);
    boolean cancelledMeanwhile = entry.cancelReason != null && run.cancelReason() == null;
    suspend(entry, cancelledMeanwhile ? time.now() : dueAt, failures, error, null);
  }

  private static void suspend(
      Entry entry, Instant dueAt, int failures, @Nullable String error, @Nullable String waitsFor) {
    entry.state = RunStatus.State.WAITING;
    entry.dueAt = dueAt;
    entry.failures = failures;
    entry.error = error;
    entry.waitsFor = waitsFor;
  }

  @Override
  public synchronized SignalResult signal(RunId run, EventRecord event) {
    Entry entry = runs.get(run);
    if (entry == null) {
      return SignalResult.NO_RUN;
    }
    if (entry.events.containsKey(key(event))) {
      return SignalResult.KNOWN;
    }
    if (entry.state.ended()) {
      return SignalResult.ENDED;
    }
    entry.events.put(key(event), new Received(event, time.now()));
    if (entry.state == RunStatus.State.WAITING
        && event.name().equals(entry.waitsFor)
        && !isDue(entry)) {
      entry.dueAt = time.now();
    }
    return SignalResult.KEPT;
  }

  private static List<String> key(EventRecord event) {
    return List.of(event.name(), event.id());
  }

  @Override
  public synchronized Optional<EventRecord> nextEvent(RunId run, String event) {
    Entry entry = runs.get(run);
    return entry == null ? Optional.empty() : nextEvent(entry, event);
  }

  private static Optional<EventRecord> nextEvent(Entry entry, String event) {
    return entry.events.values().stream()
        .map(Received::event)
        .filter(each -> each.name().equals(event) && !entry.taken.containsKey(key(each)))
        .findFirst();
  }

  @Override
  public synchronized Optional<String> take(HeldRun run, StepRecord step, EventRecord event) {
    Optional<String> cancelReason = write(run, step);
    requireHeld(run).taken.put(key(event), step.name());
    return cancelReason;
  }

  @Override
  public synchronized void suspendForEvent(HeldRun run, Instant dueAt, String event) {
    Entry entry = requireHeld(run);
    boolean goesOn = entry.cancelReason != null || nextEvent(entry, event).isPresent();
    suspend(entry, goesOn ? time.now() : dueAt, 0, null, event);
  }

  @Override
  public synchronized void writeProgress(HeldRun run, RunProgress progress) {
    requireHeld(run).progress = progress;
  }

  @Override
  public synchronized Optional<RunProgress> progress(RunId run) {
    return Optional.ofNullable(runs.get(run)).map(entry -> entry.progress);
  }

  @Override
  public synchronized void continueAs(HeldRun run, RawJson payload, StepRecord first) {
    Entry entry = requireHeld(run);
    entry.run = new NewRun(run.id(), payload, entry.run.createdAt(), entry.run.caller());
    entry.epoch++;
    entry.steps.clear();
    entry.steps.put(first.name(), first);
    Instant kept = time.now().minus(EVENT_IDS_KEPT);
    entry
        .events
        .entrySet()
        .removeIf(
            event ->
                entry.taken.containsKey(event.getKey()) && event.getValue().at().isBefore(kept));
    entry.taken.keySet().retainAll(entry.events.keySet());
    entry.taken.replaceAll((event, step) -> first.name()); // so that none is given back
    suspend(entry, time.now(), 0, null, null);
  }

  @Override
  public synchronized void end(
      HeldRun run, RunStatus.State state, @Nullable RawJson output, @Nullable String error) {
    Entry entry = requireHeld(run);
    entry.state = state;
    entry.dueAt = null;
    entry.endedAt = time.now();
    entry.output = output;
    entry.error = error;
  }

  @Override
  public synchronized Optional<RunStatus> status(RunId run) {
    Entry entry = runs.get(run);
    return entry == null
        ? Optional.empty()
        : Optional.of(new RunStatus(run, entry.state, entry.output, entry.error, entry.dueAt));
  }

  @Override
  public RunAdministration administration() {
    return new InMemoryRunAdministration(this);
  }
}
