package io.w7s.sdk.workflow;

import org.jspecify.annotations.Nullable;

/**
 * Runs a workflow. Returning completes the instance; throwing means that it is tried again: the
 * platform does so three times, with waits that double from 10 s, and allows 300 s for each try. It
 * may run on several threads at once.
 *
 * @param <I> what the workflow takes
 * @param <O> what it results in
 */
@FunctionalInterface
public interface WorkflowHandler<I, O> {

  /**
   * Runs an instance.
   *
   * @return the result; null is written as JSON null
   * @throws Exception to have it tried again
   */
  @Nullable O handle(WorkflowRun<I> run) throws Exception;
}
