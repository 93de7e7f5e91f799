package io.w7s.sdk.internal.step;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.StepAction;
import io.w7s.sdk.step.StepFailedException;
import io.w7s.sdk.step.StepInterruptedException;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepOptions;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.StepRecord.Kind;
import io.w7s.sdk.step.StepRecord.State;
import io.w7s.sdk.step.StepSettings;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.workflow.InstanceIds;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The steps that the body of a run is given in one attempt. */
final class RunAttempt implements Steps {

  private static final Logger log = LoggerFactory.getLogger(RunAttempt.class);

  private static final TypeRef<Void> NOTHING = TypeRef.of(Void.class);
  private static final TypeRef<Integer> NUMBER = TypeRef.of(Integer.class);
  private static final TypeRef<String> TEXT = TypeRef.of(String.class);
  private static final int MAX_TYPE = 1_000;

  /** The latest time that logs keep: the last millisecond of a year of four digits. */
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

  private final RunLog steps;
  private final StepSettings settings;
  private final JsonCodec codec;
  private final HeldRun run;
  private final Thread thread = Thread.currentThread();

  private final Set<String> names = new HashSet<>();
  private final Map<String, Integer> versions = new HashMap<>();
  private final List<Compensation> compensations = new ArrayList<>();

  /** The step whose action runs; null for none. */
  private @Nullable String running;

  private boolean returned;

  /** When a suspended run is due; null unless it is suspended. */
  private @Nullable Instant dueAt;

  private boolean interrupted;

  private record Compensation(String name, StepAction action) {}

  /** What a step does. */
  private interface Work<T extends @Nullable Object> {

    /** Does it, makes the record of its value, and returns whether it has written that, too. */
    boolean run(Recorder<T> recorder) throws Exception;
  }

  /** Makes the record of a value, and reads the value back. */
  private final class Recorder<T extends @Nullable Object> implements Function<T, StepRecord> {

    private final String name;
    private final Kind kind;
    private final TypeRef<T> type;
    private final int attempt;
    private @Nullable StepRecord record;
    private @Nullable T readBack;

    Recorder(String name, Kind kind, TypeRef<T> type, int attempt) {
      this.name = name;
      this.kind = kind;
      this.type = type;
      this.attempt = attempt;
    }

    @Override
    public StepRecord apply(T value) {
      RawJson json = Bodies.isVoid(type) ? null : json(value);
      StepRecord made =
          steps.record(name, kind, typeName(type), State.DONE, attempt, json, null, null);
      readBack = decode(made, type);
      record = made;
      return made;
    }

    private RawJson json(T value) {
      byte[] bytes = Bodies.write(codec, value, type);
      if (bytes.length > StepLog.MAX_VALUE_BYTES) {
        throw new InvalidInputException(
            "value of step \"" + name + "\"",
            bytes.length + " bytes of JSON",
            "at most "
                + StepLog.MAX_VALUE_BYTES
                + ": put it into a BlobStore, and return where it is");
      }
      return RawJson.of(bytes);
    }

    StepRecord made() {
      if (record == null) {
        throw new IllegalStateException("the action has made no record");
      }
      return record;
    }
  }

  RunAttempt(RunLog steps, StepSettings settings, JsonCodec codec) {
    this.steps = steps;
    this.run = steps.run();
    this.settings = settings;
    this.codec = codec;
  }

  /** Returns when the run is due, which is suspended. */
  @Nullable Instant dueAt() {
    return dueAt;
  }

  /** Returns whether the thread was interrupted while an action ran. */
  boolean wasInterrupted() {
    return interrupted;
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
    for (int i = compensations.size() - 1; i >= 0; i--) {
      Compensation each = compensations.get(i);
      try {
        perform(each.name(), Kind.COMPENSATION, NOTHING, new StepOptions(), nothing(each.action()));
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
          action.run(run, value -> recorder.apply(notNull(value)));
          return true;
        });
  }

  @Override
  public void sleep(String name, Duration duration) {
    begin(name);
    sleep(name, () -> plus(steps.now(), duration));
  }

  @Override
  public void sleepUntil(String name, Instant moment) {
    begin(name);
    sleep(name, () -> storable(moment));
  }

  private void sleep(String name, Supplier<Instant> end) {
    StepRecord before = steps.next(name, Kind.SLEEP, "");
    Instant due;
    if (before == null || before.dueAt() == null) {
      due = end.get();
      steps.write(steps.record(name, Kind.SLEEP, "", State.WAITING, 0, null, null, due));
    } else {
      due = before.dueAt();
    }
    suspendUntil(due);
  }

  /** Leaves the body unless that time has come. */
  private void suspendUntil(@Nullable Instant due) {
    if (due != null && due.isAfter(steps.now())) {
      steps.requireNotCancelled();
      dueAt = due;
      throw steps.over(new Suspended("the run waits until " + due));
    }
  }

  /** Returns a later time, in whole milliseconds, which are what logs keep. */
  static Instant plus(Instant now, Duration duration) {
    try {
      return storable(now.plus(duration));
    } catch (DateTimeException | ArithmeticException tooFar) {
      return duration.isNegative() ? now : LATEST;
    }
  }

  private static Instant storable(Instant moment) {
    if (!moment.isBefore(LATEST)) {
      return LATEST;
    }
    Instant whole = moment.truncatedTo(ChronoUnit.MILLIS);
    return whole.isBefore(moment) ? whole.plusMillis(1) : whole;
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
        perform(name, Kind.VERSION, NUMBER, new StepOptions(), this.<Integer>value(() -> to));
    return chosen == null ? from : chosen;
  }

  @Override
  public void compensate(String name, StepAction action) {
    begin(name);
    compensations.add(new Compensation(name, action));
  }

  @Override
  public <I, O> @Nullable O call(String name, RpcRef<I, O> route, @Nullable I body) {
    begin(name);
    return perform(
        name,
        Kind.CALL,
        route.output(),
        new StepOptions(),
        valueOrNull(
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
        this.<String>value(
            () ->
                w7s()
                    .workflows()
                    .start(workflow, payload, start -> start.instanceId(id(name)))
                    .instanceId()));
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
    return InstanceIds.of(run.id().workflow() + "\n" + run.id().instance() + "\n" + name);
  }

  private static StepOptions options(Consumer<StepOptions> changes) {
    var options = new StepOptions();
    changes.accept(options);
    return options;
  }

  private <T> Work<T> value(Callable<? extends T> action) {
    return recorder -> {
      recorder.apply(notNull(action.call()));
      return false;
    };
  }

  private static <T> Work<@Nullable T> valueOrNull(Callable<? extends @Nullable T> action) {
    return recorder -> {
      recorder.apply(action.call());
      return false;
    };
  }

  @SuppressWarnings("NullAway") // a Void is never anything else
  private static Work<@Nullable Void> nothing(StepAction action) {
    return recorder -> {
      action.run();
      recorder.apply(null);
      return false;
    };
  }

  private static <T> T notNull(@Nullable T value) {
    if (value == null) {
      throw new InvalidInputException("result of the action", "null", "a value: use Optional");
    }
    return value;
  }

  /** Checks that a step with this name may be asked for now. */
  private void begin(String name) {
    if (Thread.currentThread() != thread || returned) {
      throw new IllegalStateException(
          "step \"" + SafeText.of(name) + "\" is asked for outside of the body of " + run.id());
    }
    if (running != null) {
      throw new IllegalStateException(
          "step \"%s\" of %s is asked for in the action of step \"%s\": steps do not nest"
              .formatted(SafeText.of(name), run.id(), running));
    }
    steps.requireOpen();
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
    if (!Names.isStorable(name) || name.equals(RunLog.FAILURE)) {
      throw new InvalidInputException(
          "step name",
          "\"" + SafeText.of(name) + "\"",
          "text without control characters and unpaired surrogates, and not \""
              + RunLog.FAILURE
              + "\"");
    }
  }

  private <T extends @Nullable Object> @Nullable T perform(
      String name, Kind kind, TypeRef<T> type, StepOptions options, Work<T> work) {
    String typeName = typeName(type);
    StepRecord before = steps.next(name, kind, typeName);
    int attempts = 0;
    if (before != null) {
      switch (before.state()) {
        case DONE -> {
          return read(before, type);
        }
        case FAILED ->
            throw new StepFailedException(run.id(), name, before.attempts(), RunLog.error(before));
        case REJECTED -> throw Reject.permanently(RunLog.error(before));
        case INTERRUPTED -> throw new StepInterruptedException(run.id(), name);
        case STARTED -> {
          if (options.isAtMostOnce()) {
            steps.write(steps.record(name, kind, typeName, State.INTERRUPTED, 1, null, null, null));
            throw new StepInterruptedException(run.id(), name);
          }
        }
        case RETRYING, WAITING -> {
          suspendUntil(before.dueAt());
          attempts = before.attempts();
        }
      }
      steps.requireNotCancelled();
    }
    int attempt = attempts + 1;
    if (options.isAtMostOnce()) {
      steps.write(steps.record(name, kind, typeName, State.STARTED, attempt, null, null, null));
    }
    var recorder = new Recorder<T>(name, kind, type, attempt);
    boolean written;
    running = name;
    try {
      written =
          options.timeout().isPresent()
              ? TimeLimit.call(steps.time(), options.timeout().get(), () -> work.run(recorder))
              : work.run(recorder);
      recorder.made();
    } catch (Throwable thrown) {
      running = null;
      throw failed(name, kind, typeName, attempt, options, thrown);
    } finally {
      running = null;
    }
    if (written) {
      steps.writtenByAction();
    } else {
      steps.write(recorder.made());
    }
    return recorder.readBack;
  }

  private static String typeName(TypeRef<?> type) {
    String name = Bodies.isVoid(type) ? "" : type.toString();
    return name.length() <= MAX_TYPE ? name : name.substring(0, MAX_TYPE);
  }

  private <T extends @Nullable Object> @Nullable T decode(StepRecord record, TypeRef<T> type) {
    RawJson json = record.value();
    return json == null ? null : Bodies.read(codec, JsonSlice.of(json.utf8()), type);
  }

  /** Reads a value of the log. If it does not fit, the type has changed under the same name. */
  private <T extends @Nullable Object> @Nullable T read(StepRecord record, TypeRef<T> type) {
    try {
      return decode(record, type);
    } catch (CodecException changed) {
      throw steps.unreadable(record, String.valueOf(changed.getMessage()));
    }
  }

  /** Writes how an attempt has failed; returns what the body gets. */
  private RuntimeException failed(
      String name, Kind kind, String type, int attempt, StepOptions options, Throwable thrown) {
    if (thrown instanceof LeaseLostException taken) {
      return steps.over(taken);
    }
    if (thrown instanceof InterruptedException) {
      interrupted = true;
      throw steps.over(new Suspended("the thread was interrupted"));
    }
    if (thrown instanceof Reject reject) {
      String reason = Failures.cut(String.valueOf(reject.getMessage()));
      steps.write(steps.record(name, kind, type, State.REJECTED, attempt, null, reason, null));
      return reject;
    }
    String error = Failures.text(thrown);
    RetryPolicy retry = options.retry();
    if (options.isAtMostOnce() || attempt >= retry.maxAttempts() || Failures.isPermanent(thrown)) {
      logFailed(name, "failed for good", thrown);
      steps.write(steps.record(name, kind, type, State.FAILED, attempt, null, error, null));
      return new StepFailedException(run.id(), name, attempt, error);
    }
    Instant again = plus(steps.now(), delay(retry, attempt, thrown));
    logFailed(name, "failed; it is tried again at " + again, thrown);
    steps.write(steps.record(name, kind, type, State.RETRYING, attempt, null, error, again));
    dueAt = again;
    throw steps.over(new Suspended("step \"" + name + "\" is tried again at " + again));
  }

  private void logFailed(String name, String how, Throwable thrown) {
    Failures.log(log, Level.WARN, "step \"" + name + "\" of " + run.id() + " " + how, thrown);
  }

  private Duration delay(RetryPolicy retry, int attempt, Throwable thrown) {
    if (thrown instanceof Retry asked) {
      return asked.delay();
    }
    if (thrown instanceof CallException call && call.retryAfter().isPresent()) {
      return call.retryAfter().get();
    }
    return retry.backoff().after(attempt, steps.time().random());
  }
}
