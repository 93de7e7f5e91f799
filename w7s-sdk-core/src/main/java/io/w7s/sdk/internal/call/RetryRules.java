package io.w7s.sdk.internal.call;

import io.w7s.sdk.RawBody;
import io.w7s.sdk.internal.text.RetryAfter;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an outcome means for a retry: whether another attempt makes sense and does no harm, and how
 * long to wait for it.
 */
final class RetryRules {

  private RetryRules() {}

  /**
   * Returns whether the same call can succeed later without harm. False for a call that succeeded.
   */
  static boolean isRetryable(Operation<?> operation, Outcome<?> outcome) {
    if (operation instanceof RpcCall call && !canBeSentAgain(call.body())) {
      return false;
    }
    if (outcome instanceof Outcome.Refused<?> refused) {
      return isRetryable(operation, refused.status());
    }
    if (outcome instanceof Outcome.NoResponse<?> none) {
      return switch (none.failure()) {
        case BROKEN, TIMED_OUT -> !none.mayHaveBeenDelivered() || operation.repeatable();
        case TOO_LARGE, INTERRUPTED, CLOSED -> false;
      };
    }
    if (!(outcome instanceof Outcome.Success<?> success)) {
      return false;
    }
    if (success.result() instanceof RpcStream stream) {
      return isRetryable(operation, stream.status());
    }
    return success.result() instanceof RawResponse response
        && isRetryable(operation, response.status());
  }

  private static boolean canBeSentAgain(@Nullable RawBody body) {
    return body == null || body.isRepeatable();
  }

  /**
   * A limit refuses before anything is done. When a gateway reports a failure, nobody knows how far
   * the request got.
   */
  private static boolean isRetryable(Operation<?> operation, int status) {
    return switch (status) {
      case 429 -> true;
      case 502, 503, 504 -> operation.repeatable();
      default -> false;
    };
  }

  /** Returns whether an attempt with this outcome may have had its effect. */
  static boolean mayHaveBeenDelivered(Outcome<?> outcome) {
    if (outcome instanceof Outcome.NoResponse<?> none) {
      return none.mayHaveBeenDelivered();
    }
    return !(outcome instanceof Outcome.Refused<?> refused) || refused.status() >= 500;
  }

  /**
   * Returns the outcome of the latest attempt as the outcome of the call so far: where an earlier
   * attempt may have been delivered, a later one cannot say that nothing was.
   */
  static <R> Outcome<R> afterEarlierDelivery(boolean mayHaveBeenDelivered, Outcome<R> outcome) {
    return mayHaveBeenDelivered && outcome instanceof Outcome.NoResponse<R> none
        ? new Outcome.NoResponse<>(none.failure(), true, none.message(), none.cause())
        : outcome;
  }

  /** Returns how long the response asked to wait; null when it did not say. */
  static @Nullable Duration retryAfter(Outcome<?> outcome, Instant now) {
    if (outcome instanceof Outcome.Refused<?> refused) {
      return refused.retryAfter();
    }
    if (!(outcome instanceof Outcome.Success<?> success)) {
      return null;
    }
    if (success.result() instanceof RpcStream stream) {
      return RetryAfter.of(stream.headers(), now);
    }
    return success.result() instanceof RawResponse response
        ? RetryAfter.of(response.headers(), now)
        : null;
  }
}
