package io.w7s.sdk.internal.call;

import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.error.UnauthenticatedException;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.internal.error.FailedCall;
import io.w7s.sdk.internal.text.RetryAfter;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The one place that tells what an answer means: whether another attempt makes sense, and which
 * exception it is.
 */
final class Failures {

  private static final int LONGEST_EXCERPT = 1024;

  private Failures() {}

  /**
   * Returns whether the same call can succeed later without doing harm. False for a call that
   * succeeded.
   */
  static boolean isRetryable(Operation<?> operation, Outcome<?> answer) {
    if (answer instanceof Outcome.Refused<?> refused) {
      return isRetryable(operation, refused.status());
    }
    if (answer instanceof Outcome.NoResponse<?> none) {
      return switch (none.failure()) {
        case BROKEN, TIMED_OUT -> !none.mayHaveBeenDelivered() || operation.repeatable();
        case TOO_LARGE, INTERRUPTED, CLOSED -> false;
      };
    }
    if (!(answer instanceof Outcome.Success<?> success)) {
      return false;
    }
    if (success.result() instanceof RpcStream stream) {
      return isRetryable(operation, stream.status());
    }
    return success.result() instanceof RawResponse answered
        && isRetryable(operation, answered.status());
  }

  /**
   * A limit refuses before anything is done; of what a gateway reports it is not known how far it
   * got.
   */
  private static boolean isRetryable(Operation<?> operation, int status) {
    return switch (status) {
      case 429 -> true;
      case 502, 503, 504 -> operation.repeatable();
      default -> false;
    };
  }

  /** Returns whether an attempt may have had its effect, whatever came of it. */
  static boolean mayHaveBeenDelivered(Outcome<?> answer) {
    if (answer instanceof Outcome.NoResponse<?> none) {
      return none.mayHaveBeenDelivered();
    }
    return !(answer instanceof Outcome.Refused<?> refused) || refused.status() >= 500;
  }

  /**
   * Returns the answer, which does not claim that nothing was delivered where an earlier attempt
   * may have been.
   */
  static <R> Outcome<R> inSightOf(boolean earlierMayHaveBeenDelivered, Outcome<R> answer) {
    return earlierMayHaveBeenDelivered && answer instanceof Outcome.NoResponse<R> none
        ? new Outcome.NoResponse<>(none.failure(), true, none.message(), none.cause())
        : answer;
  }

  /** Returns how long the far side asked to wait; null when it did not say. */
  static @Nullable Duration retryAfter(Outcome<?> answer, Instant now) {
    if (answer instanceof Outcome.Refused<?> refused) {
      return refused.retryAfter();
    }
    if (!(answer instanceof Outcome.Success<?> success)) {
      return null;
    }
    if (success.result() instanceof RpcStream stream) {
      return RetryAfter.of(stream.headers(), now);
    }
    return success.result() instanceof RawResponse answered
        ? RetryAfter.of(answered.headers(), now)
        : null;
  }

  /** Returns the exception that an answer other than a success means. */
  static CallException exception(
      Operation<?> operation, Outcome<?> answer, int attempts, Instant now) {
    FailedCall call = failedCall(operation, answer, attempts, now);
    if (answer instanceof Outcome.Refused<?> refused) {
      return refused(call, refused);
    }
    if (answer instanceof Outcome.NoResponse<?> none) {
      boolean delivered = none.mayHaveBeenDelivered();
      return none.failure() == Outcome.Failure.TIMED_OUT
          ? new CallTimeoutException(call, delivered, none.message(), none.cause())
          : new TransportException(call, delivered, none.message(), none.cause());
    }
    throw new IllegalArgumentException("a success is no failure: " + operation.name());
  }

  private static StatusException refused(FailedCall call, Outcome.Refused<?> refused) {
    String message = excerpt(refused.message());
    return switch (refused.status()) {
      case 401 -> new UnauthenticatedException(call, message, refused.details());
      case 403 -> new ForbiddenException(call, message, refused.details());
      case 404 -> new NotFoundException(call, message, refused.details());
      case 413 -> new PayloadTooLargeException(call, message, refused.details());
      case 429 -> new LimitExceededException(call, message, refused.details());
      default -> new StatusException(call, refused.status(), message, refused.details());
    };
  }

  /** Returns the exception for an RPC target's own failure. */
  static RpcFailedException rpcFailed(
      Operation<RawResponse> operation, RawResponse answer, int attempts, Instant now) {
    FailedCall call = failedCall(operation, Outcome.success(answer), attempts, now);
    byte[] body = answer.body();
    return new RpcFailedException(
        call,
        answer.status(),
        answer.headers(),
        body.length > LONGEST_EXCERPT ? Arrays.copyOf(body, LONGEST_EXCERPT) : body);
  }

  /** Returns the exception for a workflow instance that ended without completing. */
  static WorkflowFailedException workflowFailed(
      Operation<WorkflowInstance> query, WorkflowInstance instance) {
    return new WorkflowFailedException(
        new FailedCall("workflow await", query.target(), 1, false, null, null),
        instance.id(),
        instance.status().state().word(),
        excerpt(instance.status().error().orElse("")));
  }

  /** Returns the exception for a workflow instance that has not ended in time. */
  static CallTimeoutException stillRunning(
      Operation<WorkflowInstance> query, WorkflowInstance instance, Duration longest) {
    return new CallTimeoutException(
        new FailedCall("workflow await", query.target(), 1, true, null, null),
        true,
        "still " + instance.status().state().word() + " after " + longest,
        null);
  }

  private static FailedCall failedCall(
      Operation<?> operation, Outcome<?> answer, int attempts, Instant now) {
    Duration retryAfter = retryAfter(answer, now);
    return new FailedCall(
        operation.name(),
        operation.target(),
        attempts,
        isRetryable(operation, answer),
        retryAfter,
        retryAfter == null ? null : now.plus(retryAfter));
  }

  private static String excerpt(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= LONGEST_EXCERPT
        ? text
        : new String(bytes, 0, LONGEST_EXCERPT - 3, StandardCharsets.UTF_8) + "…";
  }
}
