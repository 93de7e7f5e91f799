package io.w7s.sdk.internal.call;

import io.w7s.sdk.CallOptions;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@link WorkflowHandle} that asks over the call pipeline. */
final class DefaultWorkflowHandle<O> implements WorkflowHandle<O> {

  private static final Duration FIRST_INTERVAL = Duration.ofMillis(250);
  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(5);

  private final ClientContext context;
  private final WorkflowQuery query;
  private final TypeRef<O> output;

  DefaultWorkflowHandle(ClientContext context, WorkflowQuery query, TypeRef<O> output) {
    this.context = context;
    this.query = query;
    this.output = output;
  }

  @Override
  public String instanceId() {
    return query.instanceId();
  }

  @Override
  public WorkflowStatus status() {
    return context.pipeline().call(new StatusCall<>(WorkflowInstance::status));
  }

  @Override
  public CompletableFuture<WorkflowStatus> statusAsync() {
    return context.pipeline().callAsync(() -> new StatusCall<>(WorkflowInstance::status));
  }

  /** A question about the instance. */
  private final class StatusCall<T> extends ClientCall<WorkflowInstance, T> {

    private final Function<WorkflowInstance, T> result;

    StatusCall(Function<WorkflowInstance, T> result) {
      this.result = result;
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
      return context.defaults();
    }

    @Override
    Operation<WorkflowInstance> operation() {
      return query;
    }

    @Override
    T result(Operation<WorkflowInstance> sent, WorkflowInstance instance, int attempts) {
      return result.apply(instance);
    }
  }

  @Override
  public @Nullable O await(Duration longest) {
    var progress = new Progress(longest);
    while (true) {
      WorkflowInstance instance = context.pipeline().call(new StatusCall<>(Function.identity()));
      Duration wait = progress.waitAfter(instance);
      if (wait == null) {
        return result(instance);
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
          var waiting = new AsyncAwait(new Progress(longest));
          waiting.step(waiting::ask);
          return waiting.future();
        });
  }

  /** The steps of an async wait for the instance. */
  private final class AsyncAwait extends AsyncResult<@Nullable O> {

    private final Progress progress;

    AsyncAwait(Progress progress) {
      super(context.time().future(DefaultWorkflowHandle.this));
      this.progress = progress;
    }

    void ask() {
      when(
          context.pipeline().callAsync(() -> new StatusCall<>(Function.identity())),
          (instance, failure) -> {
            if (failure != null) {
              fail(failure);
            } else {
              received(instance);
            }
          });
    }

    @SuppressWarnings("NullAway") // a workflow's result may be null
    private void received(WorkflowInstance instance) {
      Duration wait = progress.waitAfter(instance);
      if (wait == null) {
        complete(result(instance));
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
  private final class Progress {

    private final Duration longest;
    private final long end;
    private Duration interval = FIRST_INTERVAL;

    Progress(Duration longest) {
      if (longest.isNegative() || longest.isZero()) {
        throw new InvalidInputException("await longest", longest.toString(), "positive");
      }
      this.longest = longest;
      this.end = Saturating.plus(now(), Saturating.nanos(longest));
    }

    private long now() {
      return Saturating.nanos(context.time().elapsed());
    }

    /**
     * Returns how long to wait before the next question; null when the instance is complete.
     *
     * @throws io.w7s.sdk.error.CallException when the instance has ended otherwise, or the time is
     *     over
     */
    @Nullable Duration waitAfter(WorkflowInstance instance) {
      State state = instance.status().state();
      if (state == State.COMPLETE) {
        return null;
      }
      if (state.ended()) {
        throw CallExceptions.workflowFailed(query, instance);
      }
      Duration left = Duration.ofNanos(Saturating.minus(end, now()));
      if (left.isNegative() || left.isZero()) {
        throw CallExceptions.stillRunning(query, instance, longest);
      }
      Duration wait = shorter(interval, left);
      interval = shorter(interval.multipliedBy(2), LONGEST_INTERVAL);
      return wait;
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private @Nullable O result(WorkflowInstance instance) {
    String body = instance.status().output().map(WorkflowStatus.Output::body).orElse("");
    return Bodies.readOptional(
        context.codec(), JsonSlice.of(body.getBytes(StandardCharsets.UTF_8)), output);
  }

  @Override
  public String toString() {
    return "WorkflowHandle[" + query.target() + "]";
  }
}
