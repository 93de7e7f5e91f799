package io.w7s.sdk.workflow;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A workflow instance that can be asked and waited for. Thread-safe; nothing to close: the instance
 * goes on without it.
 *
 * @param <O> what the workflow results in
 */
public interface WorkflowHandle<O> {

  /** Returns the full instance id, as the platform made it; keep it to find the instance again. */
  String instanceId();

  /**
   * Asks how the instance is doing.
   *
   * @throws io.w7s.sdk.error.CallException when the question was refused or not answered
   */
  WorkflowStatus status();

  /** Asks how the instance is doing, without waiting. */
  CompletableFuture<WorkflowStatus> statusAsync();

  /**
   * Waits until the instance is complete and returns its result, asking again at intervals that
   * grow from 250 ms to 5 s.
   *
   * @param longest how long to wait; positive
   * @return the result; null for JSON null and for an empty output
   * @throws io.w7s.sdk.error.WorkflowFailedException when it ended otherwise
   * @throws io.w7s.sdk.error.CallTimeoutException when it has not ended by then; the instance goes
   *     on
   * @throws io.w7s.sdk.error.CodecException when its output is not the declared type; an output
   *     that the platform cut at 65,536 characters is not
   * @throws io.w7s.sdk.error.CallException when a question was refused or not answered
   */
  @Nullable O await(Duration longest);

  /** Waits without blocking; see {@link #await(Duration)}. */
  CompletableFuture<@Nullable O> awaitAsync(Duration longest);
}
