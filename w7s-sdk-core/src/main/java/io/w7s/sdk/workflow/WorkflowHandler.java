package io.w7s.sdk.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Runs the instances of a workflow. One handler may run on several threads at the same time.
 *
 * <p>When it returns, the instance is complete. When it throws, the platform delivers the instance
 * again: up to three times, after waits that double from 10 s. It allows 300 s for each delivery.
 *
 * @param <I> the type of the payload
 * @param <O> the type of the result
 */
@FunctionalInterface
public interface WorkflowHandler<I, O> {

  /**
   * Runs an instance.
   *
   * @return the result; null is written as JSON null
   * @throws Exception to have the instance delivered again; an {@code Error} does the same
   */
  @Nullable O handle(WorkflowRun<I> run) throws Exception;
}
