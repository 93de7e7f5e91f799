package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.wire.ProgressReport;
import io.w7s.sdk.internal.wire.RunReport;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.rpc.RpcClient;
import io.w7s.sdk.rpc.RpcOptions;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.RunProgress;
import io.w7s.sdk.workflow.SignalOptions;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@link WorkflowHandle} that asks over the call pipeline: the platform, and once that has the
 * report of a durable run for an output, the app.
 */
final class DefaultWorkflowHandle<O> implements WorkflowHandle<O> {

  static final Duration FIRST_INTERVAL = Duration.ofMillis(250);
  static final Duration LONGEST_INTERVAL = Duration.ofSeconds(5);

  /** How long after the end of a wait its last calls may end. */
  private static final Duration LAST_CALL = Duration.ofSeconds(1);

  /** For a run that waits longer; asking more often would use up the platform's daily limits. */
  private static final Duration LONGEST_WHILE_WAITING = Duration.ofHours(1);

  /** Into how many parts the time is divided until a run is due. */
  private static final int PARTS_OF_A_WAIT = 10;

  /** The status of an app that has no such run. */
  private static final int NO_RUN = 404;

  private final ClientContext context;
  private final WorkflowQuery query;
  private final TypeRef<O> output;
  private final String path;
  private final RpcClient rpc;
  private final RunSignals signals;

  /** What the platform's instance ended with, so that only the app knows more; null before that. */
  private volatile @Nullable RunReport firstReport;

  DefaultWorkflowHandle(ClientContext context, WorkflowRef<?, O> workflow, String instanceId) {
    this.context = context;
    this.query = new WorkflowQuery(workflow.app(), workflow.name(), instanceId);
    this.output = workflow.output();
    this.path = workflow.path();
    this.rpc = new DefaultRpcClient(context);
    this.signals =
        new RunSignals(context, query, path, () -> new StatusCall(context.defaults().timeout()));
  }

  @Override
  public String instanceId() {
    return query.instanceId();
  }

  @Override
  public WorkflowStatus status() {
    return ask(context.defaults()::timeout).instance().status();
  }

  @Override
  public CompletableFuture<WorkflowStatus> statusAsync() {
    return Async.guarded(
        () -> {
          var asking = new AsyncStatus();
          asking.step(() -> asking.ask(context.defaults()::timeout, asking::complete));
          return asking.future();
        });
  }

  /**
   * What the platform or the app has said.
   *
   * @param dueAt when the run is taken up; null where it does not wait
   */
  private record Found(WorkflowInstance instance, @Nullable Instant dueAt) {}

  /**
   * Asks how the instance stands.
   *
   * @param timeout says how long each call may take
   */
  private Found ask(Supplier<Duration> timeout) {
    RunReport first = firstReport;
    if (first == null) {
      WorkflowInstance instance = context.pipeline().call(new StatusCall(timeout.get()));
      first = report(instance);
      if (first == null) {
        return new Found(instance, null);
      }
      firstReport = first;
    }
    try {
      return found(
          report(rpc.call(reports(), null, call -> ofThisInstance(call).timeout(timeout.get()))));
    } catch (CallException failure) {
      if (isLastWord(first, failure)) {
        return found(first);
      }
      throw failure;
    }
  }

  /** Returns where the app says how a durable run stands. */
  private RpcRef<Void, RawJson> reports() {
    return new RpcRef<>(
        query.app(),
        "GET",
        RunReport.path(path),
        TypeRef.of(Void.class),
        TypeRef.of(RawJson.class));
  }

  private RpcOptions ofThisInstance(RpcOptions options) {
    return options.variable("instance", query.instanceId());
  }

  /** Returns the report that is the output of a complete instance; null for any other. */
  private static @Nullable RunReport report(WorkflowInstance instance) {
    return instance
        .status()
        .output()
        .filter(output -> output.contentType().equals(RunReport.CONTENT_TYPE))
        .map(output -> RunReport.read(output.body().getBytes(StandardCharsets.UTF_8)))
        .orElse(null);
  }

  private static RunReport report(@Nullable RawJson json) {
    return RunReport.read(json == null ? new byte[0] : json.utf8());
  }

  /**
   * Returns whether a run has ended as the first report says. A run that failed may have been tried
   * again, which the app knows; unless it has no such run any more, or may not be asked.
   */
  private static boolean isLastWord(RunReport first, Throwable failure) {
    State state = state(first);
    return state.ended()
        && state != State.COMPLETE // its result is too large for a report
        && (failure instanceof ForbiddenException
            || failure instanceof NotFoundException
            || (failure instanceof RpcFailedException failed && failed.status() == NO_RUN));
  }

  private static State state(RunReport report) {
    return switch (report.state()) {
      case "failed" -> State.ERRORED;
      case "cancelled" -> State.TERMINATED;
      default -> State.of(report.state());
    };
  }

  /** Returns the instance as its app reports it. */
  private Found found(RunReport report) {
    JsonSlice result = report.output();
    Optional<WorkflowStatus.Output> output =
        result == null
            ? Optional.empty()
            : Optional.of(
                new WorkflowStatus.Output(
                    200, "application/json", new String(result.toBytes(), StandardCharsets.UTF_8)));
    State state = state(report);
    var status = new WorkflowStatus(state, output, Optional.ofNullable(report.error()));
    return new Found(
        new WorkflowInstance(query.instanceId(), status),
        state == State.WAITING ? report.dueAt() : null);
  }

  /** Asks without blocking: the platform, and the app where only that knows. */
  private abstract class AsyncAsk<T extends @Nullable Object> extends AsyncResult<T> {

    AsyncAsk() {
      super(context.time().future(DefaultWorkflowHandle.this));
    }

    final void ask(Supplier<Duration> timeout, Consumer<Found> received) {
      RunReport first = firstReport;
      if (first != null) {
        askApp(first, timeout, received);
        return;
      }
      when(
          context.pipeline().callAsync(() -> new StatusCall(timeout.get())),
          (instance, failure) -> {
            if (failure != null) {
              fail(failure);
              return;
            }
            RunReport report = report(instance);
            if (report == null) {
              received.accept(new Found(instance, null));
            } else {
              firstReport = report;
              askApp(report, timeout, received);
            }
          });
    }

    private void askApp(RunReport first, Supplier<Duration> timeout, Consumer<Found> received) {
      when(
          rpc.callAsync(reports(), null, call -> ofThisInstance(call).timeout(timeout.get())),
          (json, failure) -> {
            if (failure == null) {
              received.accept(found(report(json)));
            } else if (isLastWord(first, failure)) {
              received.accept(found(first));
            } else {
              fail(failure);
            }
          });
    }
  }

  /** Asks for the status without blocking. */
  private final class AsyncStatus extends AsyncAsk<WorkflowStatus> {

    void complete(Found found) {
      complete(found.instance().status());
    }
  }

  /** The call that asks the platform how the instance stands. */
  private final class StatusCall extends ClientCall<WorkflowInstance, WorkflowInstance> {

    private final CallOptions options;

    StatusCall(Duration timeout) {
      options = new RpcOptions(context.defaults()).timeout(timeout).callOptions();
      Names.askableInstanceId("workflow instance id", query.instanceId());
    }

    @Override
    public Kind kind() {
      return Kind.WORKFLOW_STATUS;
    }

    @Override
    public String target() {
      return query.target();
    }

    @Override
    public String targetTemplate() {
      return query.app() + "/" + query.workflow();
    }

    @Override
    CallOptions options() {
      return options;
    }

    @Override
    Operation<WorkflowInstance> operation() {
      return query;
    }

    @Override
    WorkflowInstance result(
        Operation<WorkflowInstance> sent, WorkflowInstance instance, int attempts) {
      return instance;
    }
  }

  @Override
  public @Nullable O await(Duration longest) {
    var waiting = new Waiting(longest);
    while (true) {
      Found found = ask(waiting::timeout);
      Duration wait = waiting.waitAfter(found);
      if (wait == null) {
        return result(found.instance());
      }
      try {
        context.pipeline().waits().sleep(wait);
      } catch (Waits.ClosedException closed) {
        throw closed();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw CallExceptions.awaitEnded(query, "interrupted", interrupted);
      }
    }
  }

  @Override
  public CompletableFuture<@Nullable O> awaitAsync(Duration longest) {
    return Async.guarded(
        () -> {
          var asking = new AsyncAwait(new Waiting(longest));
          asking.step(asking::ask);
          return asking.future();
        });
  }

  /** The steps of an async wait for the instance. */
  private final class AsyncAwait extends AsyncAsk<@Nullable O> {

    private final Waiting waiting;

    AsyncAwait(Waiting waiting) {
      this.waiting = waiting;
    }

    void ask() {
      ask(waiting::timeout, this::received);
    }

    @SuppressWarnings("NullAway") // a workflow's result may be null
    private void received(Found found) {
      Duration wait = waiting.waitAfter(found);
      if (wait == null) {
        complete(result(found.instance()));
      } else {
        when(context.pipeline().waits().after(wait), (over, ended) -> waited(ended));
      }
    }

    private void waited(@Nullable Throwable ended) {
      if (ended == null) {
        ask();
      } else {
        fail(ended instanceof Waits.ClosedException ? closed() : ended);
      }
    }
  }

  private TransportException closed() {
    return CallExceptions.awaitEnded(query, "this W7s was closed", null);
  }

  /** How far a wait for the instance has come. */
  private final class Waiting {

    private final Duration longest;
    private final long end;
    private Duration interval = FIRST_INTERVAL;

    Waiting(Duration longest) {
      if (longest.isNegative() || longest.isZero()) {
        throw new InvalidInputException("await longest", longest.toString(), "positive");
      }
      this.longest = longest;
      this.end = Saturating.plus(now(), Saturating.nanos(longest));
    }

    private long now() {
      return Saturating.nanos(context.time().elapsed());
    }

    private Duration left() {
      return Duration.ofNanos(Saturating.minus(end, now()));
    }

    /** Returns how long the next call may take. */
    Duration timeout() {
      Duration left = longer(left().plus(LAST_CALL), Duration.ofNanos(1));
      return shorter(context.defaults().timeout(), left);
    }

    /**
     * Returns how long to wait before the next call; null when the instance is complete.
     *
     * @throws io.w7s.sdk.error.CallException when the instance has ended otherwise, or the time is
     *     over
     */
    @Nullable Duration waitAfter(Found found) {
      WorkflowInstance instance = found.instance();
      State state = instance.status().state();
      if (state == State.COMPLETE) {
        return null;
      }
      if (state.ended()) {
        throw CallExceptions.workflowFailed(query, instance);
      }
      Duration left = left();
      if (left.isNegative() || left.isZero()) {
        throw CallExceptions.stillRunning(query, instance, longest);
      }
      Duration wait = shorter(longer(interval, partOfWait(found.dueAt())), left);
      interval = shorter(interval.multipliedBy(2), LONGEST_INTERVAL);
      return wait;
    }
  }

  /** Returns a part of the time until a run is due, an hour at most. */
  private Duration partOfWait(@Nullable Instant dueAt) {
    Instant now = context.time().now();
    return dueAt == null || dueAt.isBefore(now)
        ? Duration.ZERO
        : shorter(Duration.between(now, dueAt).dividedBy(PARTS_OF_A_WAIT), LONGEST_WHILE_WAITING);
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private @Nullable O result(WorkflowInstance instance) {
    String body = instance.status().output().map(WorkflowStatus.Output::body).orElse("");
    return Bodies.readOptional(
        context.codec(), JsonSlice.of(body.getBytes(StandardCharsets.UTF_8)), output);
  }

  @Override
  public Optional<RunProgress> progress() {
    try {
      return progress(rpc.call(progressReports(), null, this::ofThisInstance));
    } catch (RpcFailedException failed) {
      return noProgress(failed);
    }
  }

  @Override
  public CompletableFuture<Optional<RunProgress>> progressAsync() {
    return Async.guarded(
        () -> {
          var asking = new AsyncProgress();
          asking.step(asking::ask);
          return asking.future();
        });
  }

  private RpcRef<Void, RawJson> progressReports() {
    return new RpcRef<>(
        query.app(),
        "GET",
        ProgressReport.path(path),
        TypeRef.of(Void.class),
        TypeRef.of(RawJson.class));
  }

  private static Optional<RunProgress> progress(@Nullable RawJson json) {
    return json == null || JsonSlice.of(json.utf8()).equals(JsonSlice.ofNull())
        ? Optional.empty()
        : Optional.of(ProgressReport.read(json.utf8()));
  }

  private static Optional<RunProgress> noProgress(RpcFailedException failed) {
    if (failed.status() != NO_RUN) {
      throw failed;
    }
    return Optional.empty();
  }

  /** Asks for the progress without blocking. */
  private final class AsyncProgress extends AsyncResult<Optional<RunProgress>> {

    AsyncProgress() {
      super(context.time().future(DefaultWorkflowHandle.this));
    }

    void ask() {
      when(
          rpc.callAsync(progressReports(), null, DefaultWorkflowHandle.this::ofThisInstance),
          (json, failure) -> {
            if (failure instanceof RpcFailedException failed) {
              complete(noProgress(failed));
            } else if (failure != null) {
              fail(failure);
            } else {
              complete(progress(json));
            }
          });
    }
  }

  @Override
  public <T> void signal(RunEvent<T> event, T value, Consumer<SignalOptions> options) {
    signals.signal(event, value, options);
  }

  @Override
  public <T> CompletableFuture<Void> signalAsync(
      RunEvent<T> event, T value, Consumer<SignalOptions> options) {
    return signals.signalAsync(event, value, options);
  }

  @Override
  public String toString() {
    return "WorkflowHandle[" + query.target() + "]";
  }
}
