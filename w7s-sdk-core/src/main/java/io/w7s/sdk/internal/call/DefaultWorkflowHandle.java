package io.w7s.sdk.internal.call;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.internal.codec.Bodies;
import io.w7s.sdk.internal.error.FailedCall;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
    return context.pipeline().call(query, context.defaults()).result().status();
  }

  @Override
  public CompletableFuture<WorkflowStatus> statusAsync() {
    return Async.then(
        context.pipeline().callAsync(query, context.defaults()),
        completed -> completed.result().status());
  }

  @Override
  public @Nullable O await(Duration longest) {
    checkPositive(longest);
    Duration end = context.time().elapsed().plus(longest);
    for (Duration interval = FIRST_INTERVAL; ; interval = longer(interval)) {
      WorkflowInstance instance = context.pipeline().call(query, context.defaults()).result();
      Duration wait = waitBeforeNext(instance, interval, longest, end);
      if (wait == null) {
        return result(instance);
      }
      try {
        context.time().sleep(wait);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new TransportException(
            new FailedCall("workflow await", query.target(), 1, true, null, null),
            true,
            "interrupted while waiting; the instance goes on",
            interrupted);
      }
    }
  }

  @Override
  public CompletableFuture<@Nullable O> awaitAsync(Duration longest) {
    return Async.guarded(
        () -> {
          checkPositive(longest);
          CompletableFuture<@Nullable O> result = context.time().future(this);
          awaitAsync(result, FIRST_INTERVAL, longest, context.time().elapsed().plus(longest));
          return result;
        });
  }

  private void awaitAsync(
      CompletableFuture<@Nullable O> result, Duration interval, Duration longest, Duration end) {
    if (result.isDone()) {
      return;
    }
    var asked =
        Async.then(
            context.pipeline().callAsync(query, context.defaults()),
            completed -> {
              Duration wait = waitBeforeNext(completed.result(), interval, longest, end);
              if (wait == null) {
                result.complete(result(completed.result()));
              } else {
                CompletableFuture<Void> pause = context.time().after(wait);
                result.whenComplete((done, failure) -> pause.cancel(true));
                pause.thenRun(() -> awaitAsync(result, longer(interval), longest, end));
              }
              return completed;
            });
    asked.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            result.completeExceptionally(Async.unwrapped(failure));
          }
        });
    result.whenComplete((done, failure) -> asked.cancel(true));
  }

  /** Returns how long to wait before asking again; null when the instance is complete. */
  private @Nullable Duration waitBeforeNext(
      WorkflowInstance instance, Duration interval, Duration longest, Duration end) {
    State state = instance.status().state();
    if (state == State.COMPLETE) {
      return null;
    }
    if (state.ended()) {
      throw Failures.workflowFailed(query, instance);
    }
    Duration left = end.minus(context.time().elapsed());
    if (left.isNegative() || left.isZero()) {
      throw Failures.stillRunning(query, instance, longest);
    }
    return interval.compareTo(left) < 0 ? interval : left;
  }

  private @Nullable O result(WorkflowInstance instance) {
    String body = instance.status().output().map(WorkflowStatus.Output::body).orElse("");
    return Bodies.readOptional(
        context.codec(), JsonSlice.of(body.getBytes(StandardCharsets.UTF_8)), output);
  }

  private static Duration longer(Duration interval) {
    Duration doubled = interval.multipliedBy(2);
    return doubled.compareTo(LONGEST_INTERVAL) < 0 ? doubled : LONGEST_INTERVAL;
  }

  private static void checkPositive(Duration longest) {
    if (longest.isNegative() || longest.isZero()) {
      throw new InvalidInputException("await longest", longest.toString(), "positive");
    }
  }

  @Override
  public String toString() {
    return "WorkflowHandle[" + query.target() + "]";
  }
}
