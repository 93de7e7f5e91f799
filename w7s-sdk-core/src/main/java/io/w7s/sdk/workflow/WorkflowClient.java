package io.w7s.sdk.workflow;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts workflows and finds them again. Thread-safe; shared freely; nothing to close.
 *
 * <p>After a {@link io.w7s.sdk.error.TransportException} whose {@code mayHaveBeenDelivered()} is
 * true the instance may or may not have been started; the start is tried again only where the
 * caller gave an instance id or allows duplicates.
 *
 * <p>The {@code Async} twins behave alike, failures included, but report everything through the
 * future; cancelling it ends the call.
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
   * Starts an instance and waits until the platform has taken it.
   *
   * @param workflow which
   * @param payload what it takes; at most 65,536 bytes as JSON. Null only where the workflow's
   *     input is {@code Void}
   * @param options changes the default options, for example {@code start ->
   *     start.instanceId("order-123")}
   * @return the instance, to be asked or waited for
   * @throws io.w7s.sdk.error.InvalidInputException when the payload is null or too large, or an
   *     option out of range; nothing is sent
   * @throws io.w7s.sdk.error.CodecException when the payload cannot be written as JSON; nothing is
   *     sent
   * @throws io.w7s.sdk.error.StatusException when the platform refuses
   * @throws io.w7s.sdk.error.TransportException when no answer came
   */
  <I, O> WorkflowHandle<O> start(
      WorkflowRef<I, O> workflow, @Nullable I payload, Consumer<StartOptions> options);

  /** Starts an instance that takes no payload, without waiting. */
  default <O> CompletableFuture<WorkflowHandle<O>> startAsync(WorkflowRef<Void, O> workflow) {
    return startAsync(workflow, null, options -> {});
  }

  /** Starts an instance with the default options without waiting. */
  default <I, O> CompletableFuture<WorkflowHandle<O>> startAsync(
      WorkflowRef<I, O> workflow, I payload) {
    return startAsync(workflow, payload, options -> {});
  }

  /** Starts an instance without waiting; see {@link #start(WorkflowRef, Object, Consumer)}. */
  <I, O> CompletableFuture<WorkflowHandle<O>> startAsync(
      WorkflowRef<I, O> workflow, @Nullable I payload, Consumer<StartOptions> options);

  /**
   * Returns the handle of an instance that was started before. Nothing is sent.
   *
   * @param instanceId the full instance id, as {@link WorkflowHandle#instanceId()} gave it
   */
  <O> WorkflowHandle<O> handle(WorkflowRef<?, O> workflow, String instanceId);
}
