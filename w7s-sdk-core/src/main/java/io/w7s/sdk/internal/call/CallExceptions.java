package io.w7s.sdk.internal.call;

import io.w7s.sdk.Headers;
import io.w7s.sdk.blob.BlobRef;
import io.w7s.sdk.error.BlobUploadException;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.RunEndedException;
import io.w7s.sdk.error.RunNotFoundException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.error.UnauthenticatedException;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.internal.error.FailedCall;
import io.w7s.sdk.internal.text.OneLine;
import io.w7s.sdk.internal.text.Secrets;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowQuery;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.workflow.WorkflowInstance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which exception a failed call is. */
public final class CallExceptions {

  private static final int LONGEST_EXCERPT = 1024;
  private static final String AWAIT = "workflow await";

  private CallExceptions() {}

  /** Returns the exception for an outcome that is not a success. */
  public static CallException of(
      Operation<?> operation, Outcome<?> outcome, int attempts, Instant now) {
    FailedCall call = failedCall(operation, outcome, attempts, now);
    if (outcome instanceof Outcome.Refused<?> refused) {
      return refused(operation, call, refused);
    }
    if (outcome instanceof Outcome.NoResponse<?> none) {
      boolean delivered = none.mayHaveBeenDelivered();
      return none.failure() == Outcome.Failure.TIMED_OUT
          ? new CallTimeoutException(call, delivered, excerpt(none.message()), none.cause())
          : new TransportException(call, delivered, excerpt(none.message()), none.cause());
    }
    throw new IllegalArgumentException(operation.name() + " has succeeded");
  }

  /** The platform responds with 500 when it does not know the instance asked for. */
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
      RpcCall operation, RawResponse response, int attempts, Instant now) {
    return new RpcFailedException(
        failedCall(operation, Outcome.success(response), attempts, now),
        response.status(),
        response.headers(),
        excerpt(response.body(), secrets(operation, response.headers())));
  }

  /** Returns the beginning of a body, byte for byte where it repeats no secret. */
  private static byte[] excerpt(byte[] body, Secrets secrets) {
    int searched = Math.min(body.length, LONGEST_EXCERPT + Secrets.LOOK_AHEAD);
    String text = new String(body, 0, searched, StandardCharsets.UTF_8);
    String hidden = secrets.hide(text);
    byte[] shown = hidden.equals(text) ? body : hidden.getBytes(StandardCharsets.UTF_8);
    return shown.length > LONGEST_EXCERPT ? Arrays.copyOf(shown, LONGEST_EXCERPT) : shown;
  }

  /** Returns the secrets of an RPC, those that its response has given included. */
  static Secrets secrets(RpcCall call, Headers response) {
    return new Secrets().addHeaders(call.headers()).addQuery(call.query()).addHeaders(response);
  }

  /** Returns an exception of a codec whose cause repeats no secret. */
  static CodecException withoutSecrets(CodecException unreadable, Secrets secrets) {
    Throwable cause = unreadable.getCause();
    Throwable shown = secrets.hideIn(cause);
    if (shown == cause) {
      return unreadable;
    }
    String position = unreadable.position().orElse(null);
    var withoutReason = new CodecException(unreadable.type(), position, "", null);
    int prefix = String.valueOf(withoutReason.getMessage()).length();
    String reason = String.valueOf(unreadable.getMessage()).substring(prefix);
    var copy = new CodecException(unreadable.type(), position, reason, shown);
    copy.setStackTrace(unreadable.getStackTrace());
    return copy;
  }

  /** Returns the exception for a call that was not made, because its body could not be stored. */
  static BlobUploadException notStored(
      Operation<?> operation, BlobRef blob, RuntimeException cause) {
    return new BlobUploadException(
        FailedCall.of(operation.name(), OneLine.of(operation.target(), LONGEST_EXCERPT), true),
        blob.id(),
        blob.size(),
        cause);
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

  /** Returns the exception for a signal to a run that is not there. */
  static RunNotFoundException noRun(WorkflowQuery query, RpcFailedException refusal) {
    return new RunNotFoundException(
        signal(query, refusal.attempts(), true), query.instanceId(), refusal);
  }

  /** Returns the exception for a signal to a run that has ended. */
  static RunEndedException runEnded(WorkflowQuery query, RpcFailedException refusal) {
    return new RunEndedException(
        signal(query, refusal.attempts(), false), query.instanceId(), refusal);
  }

  /** Returns the exception for a signal that ended while it waited for the run to be there. */
  static TransportException signalEnded(
      WorkflowQuery query, String reason, @Nullable Throwable cause) {
    return new TransportException(
        signal(query, 1, true), false, reason + " before the app had the run", cause);
  }

  private static FailedCall signal(WorkflowQuery query, int attempts, boolean retryable) {
    return new FailedCall("workflow signal", query.target(), attempts, retryable, null, null);
  }

  private static FailedCall failedCall(
      Operation<?> operation, Outcome<?> outcome, int attempts, Instant now) {
    Duration retryAfter = RetryRules.retryAfter(outcome, now);
    return new FailedCall(
        operation.name(),
        OneLine.of(operation.target(), LONGEST_EXCERPT),
        attempts,
        RetryRules.isRetryable(operation, outcome),
        retryAfter,
        retryAfter == null ? null : Saturating.plus(now, retryAfter));
  }

  private static String excerpt(String text) {
    String line = OneLine.of(text, LONGEST_EXCERPT);
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= LONGEST_EXCERPT
        ? line
        : new String(bytes, 0, LONGEST_EXCERPT - 3, StandardCharsets.UTF_8) + "…";
  }
}
