package io.w7s.sdk.workflow;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the status of a workflow instance and waits for its result. Thread-safe; needs no
 * closing: the instance goes on without the handle.
 *
 * <p>Each {@code Async} method does the same without blocking. It never throws: its future
 * completes with what the blocking method returns or throws. Cancelling the future ends the
 * question or the wait, not the instance.
 *
 * @param <O> the result of the workflow
 */
public interface WorkflowHandle<O> {

  /**
   * Returns the full instance id, as the platform made it. {@link WorkflowClient#handle} finds the
   * instance again with it.
   */
  String instanceId();

  /**
   * Asks for the status of the instance. Of a durable run that did not end well in its first
   * delivery, its app is asked, so that a run that is tried again later is followed.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when the platform cannot find the instance,
   *     because its id has two hyphens in a row
   * @throws io.w7s.sdk.error.CallException when the status call was refused or got no response
   */
  WorkflowStatus status();

  /** Asks for the status of the instance without blocking; see {@link #status()}. */
  CompletableFuture<WorkflowStatus> statusAsync();

  /**
   * Waits until the instance is complete and returns its result. It asks for the status at
   * intervals that grow from 250 ms to 5 s. For a durable run that waits, see {@link
   * io.w7s.sdk.step.Steps}, they are a tenth of the time until it goes on, if that is longer, up to
   * an hour.
   *
   * @param longest how long to wait; positive. The last status call may take a second more
   * @return the result; null for JSON null and for an empty output
   * @throws io.w7s.sdk.error.WorkflowFailedException when the instance ended without completing
   * @throws io.w7s.sdk.error.CallTimeoutException when the instance has not ended in this time; it
   *     goes on
   * @throws io.w7s.sdk.error.CodecException when the output does not fit the declared type, for
   *     example because the platform has cut it to 65,536 characters
   * @throws io.w7s.sdk.error.CallException when a status call was refused or got no response
   */
  @Nullable O await(Duration longest);

  /** Waits for the result without blocking; see {@link #await(Duration)}. */
  CompletableFuture<@Nullable O> awaitAsync(Duration longest);

  /**
   * Asks how far a durable run says it has come, see {@link io.w7s.sdk.step.Steps#status}. The app
   * responds from the log, also while the run waits or its process is dead, and after its end.
   *
   * @return what it said last; empty when it has said nothing, when the app has not got the run
   *     yet, and for a workflow that is not durable
   * @throws io.w7s.sdk.error.CallException when the call was refused or got no response
   */
  Optional<RunProgress> progress();

  /** Asks how far a durable run says it has come without blocking; see {@link #progress()}. */
  CompletableFuture<Optional<RunProgress>> progressAsync();

  /** Signals the run with the default options; see {@link #signal(RunEvent, Object, Consumer)}. */
  default <T> void signal(RunEvent<T> event, T value) {
    signal(event, value, options -> {});
  }

  /**
   * Gives an event to a durable run, which takes it with {@link
   * io.w7s.sdk.step.Steps#waitForEvent}. The app keeps the event until the run asks for it, so it
   * may come before that. The call is retried as {@link SignalOptions#retry} says, since the id of
   * the event makes it one.
   *
   * <p>The platform has an instance some moments before its app has the run. Until then this waits,
   * at most as long as the call may take.
   *
   * @param event the event
   * @param value its value; not null, at most 65,536 bytes as JSON, unless the app of the workflow
   *     has a store for more
   * @param options changes the default options, for example {@code signal ->
   *     signal.id(payment.id())}
   * @throws io.w7s.sdk.error.InvalidInputException when the value is null or too large; nothing is
   *     sent
   * @throws io.w7s.sdk.error.CodecException when the value cannot be written as JSON; nothing is
   *     sent
   * @throws io.w7s.sdk.error.RunNotFoundException when there is no such run, or its workflow is not
   *     durable
   * @throws io.w7s.sdk.error.RunEndedException when the run has ended, and did not have this event
   *     before
   * @throws io.w7s.sdk.error.CallException when the call was refused or got no response. The app
   *     may have the event then; signalling again with the same id does no harm
   */
  <T> void signal(RunEvent<T> event, T value, Consumer<SignalOptions> options);

  /**
   * Signals the run with the default options without blocking; see {@link #signal(RunEvent, Object,
   * Consumer)}.
   */
  default <T> CompletableFuture<Void> signalAsync(RunEvent<T> event, T value) {
    return signalAsync(event, value, options -> {});
  }

  /** Signals the run without blocking; see {@link #signal(RunEvent, Object, Consumer)}. */
  <T> CompletableFuture<Void> signalAsync(
      RunEvent<T> event, T value, Consumer<SignalOptions> options);
}
