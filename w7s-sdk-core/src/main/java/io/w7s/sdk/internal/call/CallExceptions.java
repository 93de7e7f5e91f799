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
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which exception a failed call is. */
final class CallExceptions {

  private static final int LONGEST_EXCERPT = 1024;
  private static final String AWAIT = "workflow await";

  private CallExceptions() {}

  /** Returns the exception for an outcome that is not a success. */
  static CallException of(Operation<?> operation, Outcome<?> outcome, int attempts, Instant now) {
    FailedCall call = failedCall(operation, outcome, attempts, now);
    if (outcome instanceof Outcome.Refused<?> refused) {
      return refused(operation, call, refused);
    }
    if (outcome instanceof Outcome.NoResponse<?> none) {
      boolean delivered = none.mayHaveBeenDelivered();
      return none.failure() == Outcome.Failure.TIMED_OUT
          ? new CallTimeoutException(call, delivered, none.message(), none.cause())
          : new TransportException(call, delivered, none.message(), none.cause());
    }
    throw new IllegalArgumentException(operation.name() + " has succeeded");
  }

  /** The platform answers a question for an instance that it does not know with 500. */
  private static boolean isUnknownInstance(Operation<?> operation, Outcome.Refused<?> refused) {
    return operation instanceof WorkflowQuery
        && refused.status() == 500
        && refused.message().contains("instance.not_found");
  }

  private static StatusException refused(
      Operation<?> operation, FailedCall call, Outcome.Refused<?> refused) {
    String message = excerpt(refused.message());
    if (isUnknownInstance(operation, refused)) {
      return new NotFoundException(call, message, refused.details());
    }
    return switch (refused.status()) {
      case 401 -> new UnauthenticatedException(call, message, refused.details());
      case 403 -> new ForbiddenException(call, message, refused.details());
      case 404 -> new NotFoundException(call, message, refused.details());
      case 413 -> new PayloadTooLargeException(call, message, refused.details());
      case 429 -> new LimitExceededException(call, message, refused.details());
      default -> new StatusException(call, refused.status(), message, refused.details());
    };
  }

  /** Returns the exception for a response of an RPC target that is a failure. */
  static RpcFailedException rpcFailed(
      Operation<RawResponse> operation, RawResponse response, int attempts, Instant now) {
    FailedCall call = failedCall(operation, Outcome.success(response), attempts, now);
    byte[] body = response.body();
    return new RpcFailedException(
        call,
        response.status(),
        response.headers(),
        body.length > LONGEST_EXCERPT ? Arrays.copyOf(body, LONGEST_EXCERPT) : body);
  }

  /** Returns the exception for a workflow instance that ended without completing. */
  static WorkflowFailedException workflowFailed(WorkflowQuery query, WorkflowInstance instance) {
    return new WorkflowFailedException(
        FailedCall.of(AWAIT, query.target(), false),
        instance.id(),
        instance.status().state().word(),
        excerpt(instance.status().error().orElse("")));
  }

  /** Returns the exception for a workflow instance that has not ended in time. */
  static CallTimeoutException stillRunning(
      WorkflowQuery query, WorkflowInstance instance, Duration longest) {
    return new CallTimeoutException(
        FailedCall.of(AWAIT, query.target(), true),
        true,
        "the instance is still " + instance.status().state().word() + " after " + longest,
        null);
  }

  /** Returns the exception for a wait for a workflow instance that was ended early. */
  static TransportException awaitEnded(
      WorkflowQuery query, String reason, @Nullable Throwable cause) {
    return new TransportException(
        FailedCall.of(AWAIT, query.target(), true),
        true,
        reason + " while waiting; the instance goes on",
        cause);
  }

  private static FailedCall failedCall(
      Operation<?> operation, Outcome<?> outcome, int attempts, Instant now) {
    Duration retryAfter = RetryRules.retryAfter(outcome, now);
    return new FailedCall(
        operation.name(),
        operation.target(),
        attempts,
        RetryRules.isRetryable(operation, outcome),
        retryAfter,
        retryAfter == null ? null : Saturating.plus(now, retryAfter));
  }

  private static String excerpt(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= LONGEST_EXCERPT
        ? text
        : new String(bytes, 0, LONGEST_EXCERPT - 3, StandardCharsets.UTF_8) + "…";
  }
}
