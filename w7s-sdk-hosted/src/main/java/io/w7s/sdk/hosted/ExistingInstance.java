package io.w7s.sdk.hosted;

import io.w7s.sdk.Environment;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.PlatformNames;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Operation.WorkflowStart;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.workflow.WorkflowInstance;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a refused start of a workflow means. The platform responds with 500 to a start
 * whose instance id it knows, so after a lost response the retry is refused although the instance
 * is there. Only the status of the instance tells that from a failure.
 */
final class ExistingInstance {

  private static final int INTERNAL_ERROR = 500;

  private final Environment environment;

  /** Looks for instances in the caller's environment, the only one that calls reach. */
  ExistingInstance(Environment environment) {
    this.environment = environment;
  }

  /** Returns the question to ask after an outcome; null when the outcome leaves none open. */
  @Nullable WorkflowQuery question(Operation<?> operation, Outcome<?> outcome) {
    if (!(operation instanceof WorkflowStart start)
        || start.instanceId() == null
        || !(outcome instanceof Outcome.Refused<?> refused)
        || refused.status() != INTERNAL_ERROR) {
      return null;
    }
    try {
      String id =
          PlatformNames.instance(environment, start.app(), start.workflow(), start.instanceId());
      return new WorkflowQuery(start.app(), start.workflow(), id);
    } catch (InvalidInputException noId) {
      return null; // the platform refused it for that reason
    }
  }

  /**
   * Returns the outcome of the start: the instance where there is one, the refusal where there is
   * none. Where the question got no response it is still open.
   */
  static <R> Outcome<R> outcome(
      Operation<R> operation, Outcome<R> refusal, Outcome<WorkflowInstance> found) {
    if (found instanceof Outcome.Success<WorkflowInstance> success) {
      return Outcome.success(operation.resultType().cast(success.result()));
    }
    return found instanceof Outcome.NoResponse<WorkflowInstance> none
        ? new Outcome.NoResponse<>(none.failure(), true, none.message(), none.cause())
        : refusal;
  }
}
