package io.w7s.sdk.workflow;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
   * Asks for the status of the instance.
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
   * @param longest how long to wait; positive
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
}
