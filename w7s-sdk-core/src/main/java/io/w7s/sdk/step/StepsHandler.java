package io.w7s.sdk.step;

import io.w7s.sdk.workflow.WorkflowRun;
import org.jspecify.annotations.Nullable;

/**
 * The body of a durable workflow. One handler may run on several threads at the same time, but each
 * run is on one thread at a time, in one process.
 *
 * <p>The body runs from its beginning at each attempt: after a crash, after each wait and before
 * each retry of a step. Its {@link Steps} return what they have returned before; all else runs
 * again. So it must ask for the same steps in the same order each time. What may differ from one
 * attempt to the next belongs in a step: the time, random numbers, and whatever is read from
 * elsewhere.
 *
 * <pre>{@code
 * .steps(log)
 * .on(CHECKOUT, (run, steps) -> {
 *   Reservation held =
 *       steps.run("reserve", Reservation.class, () -> stock.reserve(run.payload()));
 *   steps.compensate("release", () -> stock.release(held));
 *   steps.sleep("time to change one's mind", ofDays(2));
 *   return steps.run("charge", Paid.class, () -> cards.charge(held));
 * })
 * }</pre>
 *
 * @param <I> the type of the payload
 * @param <O> the type of the result
 */
@FunctionalInterface
public interface StepsHandler<I, O> {

  /**
   * Runs an instance, as far as it gets.
   *
   * @param run the instance, the same at each attempt
   * @param steps the steps, for this thread until the method returns
   * @return the result, at most 65,536 bytes as JSON, or what {@link StepSettings#blobs} takes;
   *     null is written as JSON null
   * @throws io.w7s.sdk.consumption.Reject to end the run as failed, after its compensations
   * @throws StepFailedException of a step, which ends the run as failed in the same way
   * @throws io.w7s.sdk.consumption.Retry to run the body again after a wait
   * @throws Exception to run the body again later, as {@link StepSettings#retry} says; an {@code
   *     Error} does the same
   */
  @Nullable O handle(WorkflowRun<I> run, Steps steps) throws Exception;
}
