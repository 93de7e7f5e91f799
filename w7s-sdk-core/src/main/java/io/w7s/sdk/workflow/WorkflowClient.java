package io.w7s.sdk.workflow;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts workflows and finds their instances again. Thread-safe; can be shared; needs no closing.
 *
 * <p>After a {@link io.w7s.sdk.error.TransportException} whose {@code mayHaveBeenDelivered()} is
 * true, the instance may or may not have been started. A start is retried after that only if the
 * caller gave an instance id or allowed duplicates.
 *
 * <p>Each {@code Async} method does the same without blocking. It never throws: its future
 * completes with what the blocking method returns or throws. Cancelling the future ends the call.
 * Callbacks of the future run on a thread of the transport, or on one of {@link
 * io.w7s.sdk.spi.TimeSource#executor()} after a wait; they may block, but then the transport has
 * one thread less for other calls.
 */
public interface WorkflowClient {

  /**
   * Starts an instance that takes no payload; see {@link #start(WorkflowRef, Object, Consumer)}.
   */
  default <O> WorkflowHandle<O> start(WorkflowRef<Void, O> workflow) {
    return start(workflow, null, options -> {});
  }

  /**
   * Starts an instance with the default options; see {@link #start(WorkflowRef, Object, Consumer)}.
   */
  default <I, O> WorkflowHandle<O> start(WorkflowRef<I, O> workflow, I payload) {
    return start(workflow, payload, options -> {});
  }

  /**
   * Starts an instance and blocks until the platform has taken it.
   *
   * @param workflow the workflow
   * @param payload the input; at most 65,536 bytes as JSON. Null only for a workflow whose input is
   *     {@code Void}
   * @param options changes the default options, for example {@code start ->
   *     start.instanceId("order-123")}
   * @return a handle, to ask for the status of the instance or to wait for it
   * @throws io.w7s.sdk.error.InvalidInputException when the payload is null or too large, or an
   *     option is out of range; nothing is sent
   * @throws io.w7s.sdk.error.CodecException when the payload cannot be written as JSON; nothing is
   *     sent
   * @throws io.w7s.sdk.error.StatusException when the platform refuses
   * @throws io.w7s.sdk.error.TransportException when there is no response
   */
  <I, O> WorkflowHandle<O> start(
      WorkflowRef<I, O> workflow, @Nullable I payload, Consumer<StartOptions> options);

  /** Starts an instance without a payload and without blocking. */
  default <O> CompletableFuture<WorkflowHandle<O>> startAsync(WorkflowRef<Void, O> workflow) {
    return startAsync(workflow, null, options -> {});
  }

  /**
   * Starts an instance with the default options without blocking; see {@link
   * #startAsync(WorkflowRef, Object, Consumer)}.
   */
  default <I, O> CompletableFuture<WorkflowHandle<O>> startAsync(
      WorkflowRef<I, O> workflow, I payload) {
    return startAsync(workflow, payload, options -> {});
  }

  /** Starts an instance without blocking; see {@link #start(WorkflowRef, Object, Consumer)}. */
  <I, O> CompletableFuture<WorkflowHandle<O>> startAsync(
      WorkflowRef<I, O> workflow, @Nullable I payload, Consumer<StartOptions> options);

  /**
   * Returns the handle of an instance that was started before. Nothing is sent.
   *
   * @param instanceId the full instance id, as {@link WorkflowHandle#instanceId()} returned it
   * @throws io.w7s.sdk.error.InvalidInputException when it is blank, has a slash, or is longer than
   *     100 characters
   */
  <O> WorkflowHandle<O> handle(WorkflowRef<?, O> workflow, String instanceId);
}
