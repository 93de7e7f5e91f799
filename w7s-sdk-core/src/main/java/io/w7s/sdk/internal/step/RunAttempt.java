package io.w7s.sdk.internal.step;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.error.BlobReadException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.step.Branch;
import io.w7s.sdk.step.BranchResults;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.StepAction;
import io.w7s.sdk.step.StepFailedException;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepOptions;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepRecord.Kind;
import io.w7s.sdk.step.StepRecord.State;
import io.w7s.sdk.step.StepSettings;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.workflow.InstanceIds;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.RunProgress;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The steps that the body of a run is given in one attempt. */
final class RunAttempt implements Steps {

  private static final TypeRef<Void> NOTHING = TypeRef.of(Void.class);
  private static final TypeRef<Integer> NUMBER = TypeRef.of(Integer.class);
  private static final TypeRef<String> TEXT = TypeRef.of(String.class);

  private final RunLog steps;
  private final StepSettings settings;
  private final StepValues values;
  private final HeldRun run;
  private final Thread thread = Thread.currentThread();

  private final Set<String> names = new HashSet<>();
  private final Map<String, Integer> versions = new HashMap<>();
  private final List<Compensation> compensations = new ArrayList<>();

  /** The step whose action runs; null for none. */
  private @Nullable String running;

  private volatile boolean returned;

  RunAttempt(RunLog steps, StepSettings settings, StepValues values) {
    this.steps = steps;
    this.run = steps.run();
    this.settings = settings;
    this.values = values;
  }

  /** Says that the body has returned, so that nobody uses its steps any more. */
  void bodyReturned() {
    returned = true;
  }

  /**
   * Says in the log that the run fails or is cancelled, and runs the compensations.
   *
   * @return the error of the run
   */
  String end(Kind kind, String reason) {
    returned = false;
    var error = new StringBuilder(steps.beginEnd(kind, reason));
    int end = steps.position() + compensations.size(); // after a retry some in between are not done
    for (int i = compensations.size() - 1; i >= 0; i--) {
      Compensation each = compensations.get(i);
      try {
        perform(
            each.name(), Kind.COMPENSATION, NOTHING, each.options(), nothing(each.action()), end);
      } catch (StepFailedException | Reject failed) {
        error.append("; ").append(failed.getMessage());
      }
    }
    returned = true;
    return Failures.cut(error.toString());
  }

  @Override
  @SuppressWarnings("NullAway") // a result that is null is refused
  public <T> T run(
      String name, TypeRef<T> type, Consumer<StepOptions> options, Callable<? extends T> action) {
    begin(name);
    return perform(name, Kind.RUN, type, options(options), value(action));
  }

  @Override
  public void run(String name, Consumer<StepOptions> options, StepAction action) {
    begin(name);
    perform(name, Kind.RUN, NOTHING, options(options), nothing(action));
  }

  @Override
  @SuppressWarnings("NullAway") // a value that is null is refused
  public <T> T runLogged(String name, TypeRef<T> type, LoggedAction<T> action) {
    begin(name);
    return this.<T>perform(
        name,
        Kind.TRANSACTION,
        type,
        new StepOptions(),
        recorder -> {
          action.run(run, recorder);
          return true;
        });
  }

  @Override
  public void sleep(String name, Duration duration) {
    begin(name);
    sleep(name, () -> LogTime.plus(steps.now(), duration));
  }

  @Override
  public void sleepUntil(String name, Instant moment) {
    begin(name);
    sleep(name, () -> LogTime.of(moment));
  }

  private void sleep(String name, Supplier<Instant> end) {
    StepRecord before = steps.next(name, Kind.SLEEP, "");
    Instant due;
    if (before == null || before.dueAt() == null) {
      due = end.get();
      values.requireKeptUntil(name, due);
      steps.write(steps.record(name, Kind.SLEEP, "", State.WAITING, 0, null, null, due));
    } else {
      due = before.dueAt();
    }
    suspendUntil(due);
  }

  /** Leaves the body unless that time has come. */
  private void suspendUntil(@Nullable Instant due) {
    if (due != null && due.isAfter(steps.now())) {
      steps.requireMayBegin();
      throw steps.over(Suspended.until(due));
    }
  }

  @Override
  public <T> Optional<T> waitForEvent(String name, RunEvent<T> event, Duration timeout) {
    begin(name);
    String type = StepValues.cut(event.name() + " " + event.type());
    StepRecord before = steps.next(name, Kind.EVENT, type);
    if (before != null && before.state() == State.DONE) {
      return Optional.ofNullable(values.read(before, event.type()));
    }
    if (before != null && before.state() == State.FAILED) {
      throw new StepFailedException(run.id(), name, before.attempts(), RunLog.error(before));
    }
    if (before != null) {
      steps.requireMayBegin();
    }
    EventRecord received = steps.nextEvent(event.name());
    if (received != null) {
      return Optional.of(taken(name, type, event, received));
    }
    Instant due =
        before == null || before.dueAt() == null
            ? LogTime.plus(steps.now(), timeout)
            : before.dueAt();
    if (!due.isAfter(steps.now())) {
      steps.write(steps.record(name, Kind.EVENT, type, State.DONE, 0, null, null, null));
      return Optional.empty();
    }
    if (before == null) {
      values.requireKeptUntil(name, due);
      steps.write(steps.record(name, Kind.EVENT, type, State.WAITING, 0, null, null, due));
    }
    throw steps.over(Suspended.forEvent(event.name(), due));
  }

  private <T> T taken(String name, String type, RunEvent<T> event, EventRecord received) {
    StepRecord done =
        steps.record(name, Kind.EVENT, type, State.DONE, 1, received.value(), null, null);
    T value;
    try {
      value = values.decode(done, event.type());
      if (value == null) {
        throw new InvalidInputException("value of the event", "null", "a value");
      }
    } catch (BlobReadException unread) {
      throw unread;
    } catch (W7sException unreadable) {
      String error = Failures.text(unreadable);
      ActionStep.logFailed(run.id(), name, "has an event that cannot be read", unreadable);
      steps.take(
          steps.record(name, Kind.EVENT, type, State.FAILED, 1, null, error, null), received);
      throw new StepFailedException(run.id(), name, 1, error);
    }
    steps.take(done, received);
    return value;
  }

  @Override
  public int version(String name, int from, int to) {
    if (from > to) {
      throw new InvalidInputException("version", from + " to " + to, "from at most to");
    }
    Integer before = versions.get(name);
    int version = before != null ? before : newVersion(name, from, to);
    if (version < from || version > to) {
      throw steps.changed(name, "version " + version, "versions " + from + " to " + to);
    }
    versions.put(name, version);
    return version;
  }

  private int newVersion(String name, int from, int to) {
    begin(name);
    if (steps.wasBeyond(name, Kind.VERSION)) {
      return from;
    }
    Integer chosen =
        perform(name, Kind.VERSION, NUMBER, new StepOptions(), RunAttempt.<Integer>value(() -> to));
    return chosen == null ? from : chosen;
  }

  @Override
  public void compensate(String name, Consumer<StepOptions> options, StepAction action) {
    begin(name);
    compensations.add(new Compensation(name, options(options), action));
  }

  @Override
  public <I, O> @Nullable O call(String name, RpcRef<I, O> route, @Nullable I body) {
    begin(name);
    return perform(
        name,
        Kind.CALL,
        route.output(),
        new StepOptions(),
        value(
            () -> w7s().rpc().call(route, body, call -> call.header("idempotency-key", id(name)))));
  }

  @Override
  public <T> void send(String name, QueueRef<T> queue, @Nullable T body) {
    begin(name);
    perform(
        name,
        Kind.SEND,
        NOTHING,
        new StepOptions(),
        nothing(() -> w7s().queues().send(queue, body, send -> send.allowDuplicates())));
  }

  @Override
  public <T> void publish(String name, SubjectRef<T> subject, @Nullable T data) {
    begin(name);
    perform(
        name,
        Kind.PUBLISH,
        NOTHING,
        new StepOptions(),
        nothing(
            () -> w7s().events().publish(subject, data, event -> event.id(id(name))).orThrow()));
  }

  @Override
  @SuppressWarnings("NullAway") // an instance id is never null
  public <I> String start(String name, WorkflowRef<I, ?> workflow, @Nullable I payload) {
    begin(name);
    return perform(
        name,
        Kind.START,
        TEXT,
        new StepOptions(),
        RunAttempt.<String>value(
            () ->
                w7s()
                    .workflows()
                    .start(workflow, payload, start -> start.instanceId(id(name)))
                    .instanceId()));
  }

  @Override
  public <I, O> O continueAs(WorkflowRef<I, O> workflow, @Nullable I payload) {
    requireBody("the end of the run");
    steps.requireOpen();
    if (!workflow.toString().equals(run.id().workflow())) {
      throw new InvalidInputException(
          "workflow to continue as", workflow.toString(), run.id().workflow());
    }
    if (payload == null && !Bodies.isVoid(workflow.input())) {
      throw new InvalidInputException("payload to continue with", "null", "a value");
    }
    RawJson json = values.writePayload(payload, workflow.input());
    if (steps.failing() != null) {
      throw steps.over(Suspended.failing());
    }
    steps.requireNoneLeft();
    steps.requireMayBegin();
    throw steps.over(Suspended.toContinueAs(json));
  }

  private W7s w7s() {
    return settings
        .w7s()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "clients of steps", "none", "set: steps(log, each -> each.w7s(w7s))"));
  }

  /** Returns an id for a step that no other step and no other run has. */
  private String id(String name) {
    String which = steps.continued() == 0 ? "" : "\n" + steps.continued();
    return InstanceIds.of(run.id().workflow() + "\n" + run.id().instance() + which + "\n" + name);
  }

  private static StepOptions options(Consumer<StepOptions> changes) {
    var options = new StepOptions();
    changes.accept(options);
    return options;
  }

  private static <T extends @Nullable Object> ActionStep.Work<T> value(
      Callable<? extends T> action) {
    return recorder -> {
      recorder.apply(action.call());
      return false;
    };
  }

  @SuppressWarnings("NullAway") // a Void is never anything else
  private static ActionStep.Work<@Nullable Void> nothing(StepAction action) {
    return recorder -> {
      action.run();
      recorder.apply(null);
      return false;
    };
  }

  /** Checks that a step with this name may be asked for now. */
  private void begin(String name) {
    requireBody("step \"" + SafeText.of(name) + "\"");
    steps.requireOpen();
    use(name);
  }

  private void requireBody(String what) {
    if (Thread.currentThread() != thread || returned) {
      throw new IllegalStateException(what + " is asked for outside of the body of " + run.id());
    }
    if (running != null) {
      throw new IllegalStateException(
          "%s of %s is asked for in the action of step \"%s\": steps do not nest"
              .formatted(what, run.id(), running));
    }
  }

  private void use(String name) {
    requireName(name);
    if (!names.add(name)) {
      throw new InvalidInputException(
          "step name of " + run.id(),
          "\"" + name + "\" for the second time",
          "a name of its own: in a loop, add what the loop counts");
    }
  }

  private static void requireName(String name) {
    if (name.isEmpty() || name.length() > StepLog.MAX_NAME_LENGTH) {
      throw new InvalidInputException(
          "step name", name.length() + " characters", "from 1 to " + StepLog.MAX_NAME_LENGTH);
    }
    if (!Names.isStorable(name) || name.startsWith(RunLog.RESERVED)) {
      throw new InvalidInputException(
          "step name",
          "\"" + SafeText.of(name) + "\"",
          "text without control characters and unpaired surrogates, that does not begin with \""
              + RunLog.RESERVED
              + "\"");
    }
  }

  private <T extends @Nullable Object> @Nullable T perform(
      String name, Kind kind, TypeRef<T> type, StepOptions options, ActionStep.Work<T> work) {
    return perform(name, kind, type, options, work, steps.position() + 1);
  }

  private <T extends @Nullable Object> @Nullable T perform(
      String name,
      Kind kind,
      TypeRef<T> type,
      StepOptions options,
      ActionStep.Work<T> work,
      int groupEnd) {
    var step = new ActionStep<T>(steps, values, name, kind, type, options, work, groupEnd);
    running = name;
    try {
      return step.run();
    } catch (Suspended | LeaseLostException why) {
      throw left(why);
    } finally {
      running = null;
    }
  }

  private RuntimeException left(Throwable why) {
    if (why instanceof Suspended suspended) {
      throw steps.over(suspended);
    }
    return steps.over((LeaseLostException) why);
  }

  @Override
  public BranchResults all(String name, List<? extends Branch<?>> branches) {
    begin(name);
    var tasks = new ArrayList<RunningBranch<?>>(branches.size());
    int end = steps.position() + branches.size();
    try {
      for (Branch<?> branch : branches) {
        tasks.add(running(name, branch, end));
      }
    } catch (Suspended ending) { // without the others; what is in the log is undone
      for (RunningBranch<?> task : tasks) {
        if (task.isInLog()) {
          task.run();
          undoLater(task);
        }
      }
      throw ending;
    }
    running = name;
    boolean interrupted;
    try {
      interrupted =
          SideBySide.run(steps.time().executor(), tasks, MAX_AT_ONCE, steps::isInterrupting);
    } finally {
      running = null;
    }
    tasks.forEach(this::undoLater);
    steps.requireOpen();
    if (interrupted) {
      throw steps.over(Suspended.interrupted());
    }
    List<Throwable> thrown =
        tasks.stream()
            .map(RunningBranch::thrown)
            .filter(Objects::nonNull)
            .sorted(Comparator.comparingInt(RunAttempt::urgency))
            .toList();
    if (!thrown.isEmpty()) {
      throw branchFailed(thrown);
    }
    var results = new LinkedHashMap<Branch<?>, @Nullable Object>();
    tasks.forEach(task -> results.put(task.branch(), task.result()));
    return new BranchResults(results);
  }

  private void undoLater(RunningBranch<?> branch) {
    branch.compensation().ifPresent(compensations::add);
  }

  private <T extends @Nullable Object> RunningBranch<T> running(
      String group, Branch<T> branch, int end) {
    String name = group + "/" + branch.name();
    use(name);
    branch.compensation().ifPresent(each -> use(each.name()));
    return new RunningBranch<>(
        branch,
        new ActionStep<>(
            steps,
            values,
            name,
            Kind.BRANCH,
            branch.type(),
            branch.options(),
            value(branch.action()),
            end));
  }

  /** Says what decides about the run when branches have ended in several ways; the least does. */
  private static int urgency(Throwable thrown) {
    if (thrown instanceof Suspended suspended) {
      return suspended.wasInterrupted() ? 1 : 2;
    }
    return thrown instanceof Reject ? 3 : thrown instanceof StepFailedException ? 4 : 0;
  }

  /** Returns what the body gets when branches were left or have failed. */
  private RuntimeException branchFailed(List<Throwable> thrown) {
    Throwable first = thrown.get(0);
    if (first instanceof LeaseLostException lost) {
      return steps.over(lost);
    }
    if (first instanceof Suspended suspended) {
      Instant due = suspended.dueAt();
      for (Throwable each : thrown) {
        Instant other = each instanceof Suspended waiting ? waiting.dueAt() : null;
        due = due == null || other == null || due.isBefore(other) ? due : other;
      }
      throw steps.over(due == null ? suspended : Suspended.until(due));
    }
    thrown.stream().skip(1).forEach(first::addSuppressed);
    if (first instanceof Error error) {
      throw steps.over(error);
    }
    return (RuntimeException) first; // a step throws no other
  }

  @Override
  public void status(String status) {
    status(status, OptionalDouble.empty());
  }

  @Override
  public void status(String status, double done) {
    status(status, OptionalDouble.of(done));
  }

  private void status(String status, OptionalDouble done) {
    if (returned) {
      throw new IllegalStateException("the body of " + run.id() + " has returned");
    }
    if (running != null && steps.isLeft()) {
      return; // an action that goes on beside what has ended the run; its step ends as it does
    }
    var progress = new RunProgress(status, done, steps.now());
    steps.requireOpen();
    if (steps.isNew()) {
      steps.write(progress);
    }
  }
}
