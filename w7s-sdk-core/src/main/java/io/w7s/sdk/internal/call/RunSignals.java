package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.RunNotFoundException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.wire.RunSignal;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.rpc.RpcClient;
import io.w7s.sdk.rpc.RpcOptions;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.SignalOptions;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives events to a run, by RPC to its app. While only the platform has the run, it waits for the
 * app to have it, too.
 */
final class RunSignals {

  /** The statuses of an app that has no such run, or whose run has ended. */
  private static final int NO_RUN = 404;

  private static final int ENDED = 410;

  private final ClientContext context;
  private final WorkflowQuery query;
  private final String path;
  private final Supplier<? extends ClientCall<WorkflowInstance, WorkflowInstance>> status;
  private final RpcClient rpc;

  /**
   * Creates one for a run.
   *
   * @param path the path of its workflow
   * @param status asks the platform for its status
   */
  RunSignals(
      ClientContext context,
      WorkflowQuery query,
      String path,
      Supplier<? extends ClientCall<WorkflowInstance, WorkflowInstance>> status) {
    this.context = context;
    this.query = query;
    this.path = path;
    this.status = status;
    this.rpc = new DefaultRpcClient(context);
  }

  /** Signals the run; waits as long as the platform has it and the app does not. */
  <T> void signal(RunEvent<T> event, T value, Consumer<SignalOptions> options) {
    var signal = new Signal(event, value, options);
    while (true) {
      RpcFailedException refused;
      try {
        rpc.call(signals(), signal.body, signal::each);
        return;
      } catch (RpcFailedException failed) {
        refused = signal.noRunYet(failed);
      }
      Duration wait = signal.waitAfter(refused, this::platformStatus);
      try {
        context.pipeline().waits().sleep(wait);
      } catch (Waits.ClosedException closed) {
        throw closed();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw CallExceptions.signalEnded(query, "interrupted", interrupted);
      }
    }
  }

  /** Signals without blocking. */
  <T> CompletableFuture<Void> signalAsync(
      RunEvent<T> event, T value, Consumer<SignalOptions> options) {
    return Async.guarded(
        () -> {
          var signalling = new AsyncSignal(new Signal(event, value, options));
          signalling.step(signalling::attempt);
          return signalling.future();
        });
  }

  private State platformStatus() {
    return context.pipeline().call(status.get()).status().state();
  }

  private TransportException closed() {
    return CallExceptions.signalEnded(query, "this W7s was closed", null);
  }

  /** Returns where the app takes events for a run. */
  private RpcRef<RawJson, Void> signals() {
    return new RpcRef<>(
        query.app(),
        "POST",
        RunSignal.path(path),
        TypeRef.of(RawJson.class),
        TypeRef.of(Void.class));
  }

  /** A signal, and how long it may wait for the app to have the run. */
  private final class Signal {

    /** What the last attempt has at least. */
    private static final Duration LAST_ATTEMPT = Duration.ofSeconds(1);

    final RawJson body;
    private final SignalOptions options = new SignalOptions(context.defaults());
    private final long end;
    private Duration interval = DefaultWorkflowHandle.FIRST_INTERVAL;

    <T> Signal(RunEvent<T> event, T value, Consumer<SignalOptions> changes) {
      changes.accept(options);
      String field = "value of event " + event.name();
      byte[] json = context.write(field, value, event.type()); // the app knows what it takes
      String id = options.id().orElseGet(() -> RandomIds.next(context.time().random()));
      body = RawJson.of(new RunSignal(event.name(), id, JsonSlice.of(json)).toJson());
      end = Saturating.plus(now(), Saturating.nanos(options.callOptions().timeout()));
    }

    private long now() {
      return Saturating.nanos(context.time().elapsed());
    }

    private Duration left() {
      return Duration.ofNanos(Math.max(1, Saturating.minus(end, now())));
    }

    void each(RpcOptions call) {
      CallOptions chosen = options.callOptions();
      call.variable("instance", query.instanceId())
          .timeout(left())
          .attemptTimeout(chosen.attemptTimeout())
          .retry(chosen.retry())
          .allowDuplicates(); // the id makes them one
    }

    /** Returns the refusal, if it says that there is no such run; throws what it is otherwise. */
    RpcFailedException noRunYet(RpcFailedException failed) {
      if (failed.status() == ENDED) {
        throw CallExceptions.runEnded(query, failed);
      }
      if (failed.status() != NO_RUN) {
        throw failed;
      }
      return failed;
    }

    /**
     * Returns how long to wait before the next attempt.
     *
     * @param platform says how the instance stands
     * @throws io.w7s.sdk.error.RunNotFoundException when the app will not get the run any more, or
     *     the time is over
     */
    Duration waitAfter(RpcFailedException noRun, Supplier<State> platform) {
      RunNotFoundException notFound = CallExceptions.noRun(query, noRun);
      try {
        if (platform.get().ended()) {
          throw notFound;
        }
      } catch (NotFoundException | InvalidInputException unknown) {
        notFound.addSuppressed(unknown);
        throw notFound;
      }
      Duration latest = left().minus(LAST_ATTEMPT);
      if (latest.isNegative() || latest.isZero()) {
        throw notFound;
      }
      Duration wait = DefaultWorkflowHandle.shorter(interval, latest);
      interval =
          DefaultWorkflowHandle.shorter(
              interval.multipliedBy(2), DefaultWorkflowHandle.LONGEST_INTERVAL);
      return wait;
    }
  }

  /** A signal without blocking. */
  private final class AsyncSignal extends AsyncResult<@Nullable Void> {

    private final Signal signal;

    AsyncSignal(Signal signal) {
      super(context.time().future(RunSignals.this));
      this.signal = signal;
    }

    @SuppressWarnings("NullAway") // a Void is never anything else
    void attempt() {
      when(
          rpc.callAsync(signals(), signal.body, signal::each),
          (nothing, failure) -> {
            if (failure == null) {
              complete(null);
            } else if (failure instanceof RpcFailedException failed) {
              askPlatform(signal.noRunYet(failed));
            } else {
              fail(failure);
            }
          });
    }

    private void askPlatform(RpcFailedException noRun) {
      when(
          Async.guarded(() -> context.pipeline().callAsync(status)),
          (instance, failure) -> {
            Duration wait = signal.waitAfter(noRun, () -> state(instance, failure));
            when(context.pipeline().waits().after(wait), (over, ended) -> waited(ended));
          });
    }

    private State state(@Nullable WorkflowInstance instance, @Nullable Throwable failure) {
      if (failure instanceof RuntimeException unknown) {
        throw unknown;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      return instance == null ? State.UNKNOWN : instance.status().state();
    }

    private void waited(@Nullable Throwable ended) {
      if (ended == null) {
        attempt();
      } else {
        fail(ended instanceof Waits.ClosedException ? closed() : ended);
      }
    }
  }

  @Override
  public String toString() {
    return "signal to " + query.target();
  }
}
