package io.w7s.sdk.hosted;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.json.Excerpt;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.RetryAfter;
import io.w7s.sdk.internal.wire.ControlResponse;
import io.w7s.sdk.internal.wire.ControlResults;
import io.w7s.sdk.internal.wire.RouterResponse;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What came back, and from whom: the platform, an RPC target, or something on the way. The platform
 * marks nothing, so its refusals are told by status and shape together, whatever the content type.
 * Thread-safe.
 */
final class PlatformAnswers {

  /** What the platform itself refuses an RPC with. Any other failure is the target's. */
  private static final Set<Integer> RPC_REFUSALS = Set.of(400, 401, 403, 404, 413, 429);

  private static final int SHOWN_CHARACTERS = 200;

  private final TimeSource time;

  PlatformAnswers(TimeSource time) {
    this.time = time;
  }

  /**
   * Reads the answer to an RPC: the platform's where it refuses, else the target's own. The target
   * does not get the token, so a failure that repeats it comes from something on the way.
   */
  Outcome<RawResponse> rpc(RawResponse answer, Origin from) {
    if (answer.isSuccess()) {
      return Outcome.success(answer);
    }
    Outcome.Refused<RawResponse> refused = rpcRefusal(answer);
    if (refused != null) {
      return refused;
    }
    return from.isRepeatedBy(answer) ? foreign(answer, from) : Outcome.success(answer);
  }

  /** Reads an answer of the control plane. */
  <R> Outcome<R> control(RawResponse answer, Origin from, Function<JsonSlice, R> data) {
    if (!answer.isSuccess()) {
      Outcome.Refused<R> refused = refusal(answer);
      return refused == null ? foreign(answer, from) : refused;
    }
    try {
      R result = ControlResults.read(answer.body(), data);
      return result == null ? foreign(answer, from) : Outcome.success(result);
    } catch (CodecException unreadable) {
      return Outcome.deliveryUnknown(
          from + " answered " + answer.status() + ", but " + unreadable.getMessage(), unreadable);
    }
  }

  /** Reads the platform's own answer to an event. */
  Outcome<PublishReceipt> event(EventPublish publish, RawResponse answer, Origin from) {
    PublishReceipt receipt = answer.isSuccess() ? RouterResponse.receipt(publish, answer) : null;
    return receipt == null ? control(answer, from, data -> unlisted()) : Outcome.success(receipt);
  }

  /** Reads the answer of the app that routes events. */
  Outcome<PublishReceipt> routed(EventPublish publish, RawResponse answer, Origin from) {
    PublishReceipt receipt = RouterResponse.receipt(publish, answer);
    if (receipt != null) {
      return Outcome.success(receipt);
    }
    if (answer.isSuccess()) {
      return foreign(answer, from);
    }
    Outcome.Refused<PublishReceipt> refused = rpcRefusal(answer);
    return refused == null
        ? new Outcome.Refused<>(
            answer.status(),
            "the event router answered " + answer.status() + Excerpt.ofError(answer.body()),
            Map.of(),
            RetryAfter.of(answer.headers(), time.now()))
        : refused;
  }

  private static PublishReceipt unlisted() {
    throw new CodecException("event receipt", "$.deliveries", "is missing", null);
  }

  /** Returns the platform's refusal of an RPC; null where the answer is not one of those. */
  private <R> Outcome.@Nullable Refused<R> rpcRefusal(RawResponse answer) {
    return RPC_REFUSALS.contains(answer.status()) ? refusal(answer) : null;
  }

  /** Returns the platform's refusal; null where the answer has not its shape. */
  private <R> Outcome.@Nullable Refused<R> refusal(RawResponse answer) {
    return ControlResponse.read(answer.body()).orElse(null)
            instanceof ControlResponse.Failure failure
        ? new Outcome.Refused<>(
            answer.status(),
            failure.message(),
            failure.details(),
            RetryAfter.of(answer.headers(), time.now()))
        : null;
  }

  /** A page of a proxy on the way, say: nobody knows what became of the request. */
  private static <R> Outcome<R> foreign(RawResponse answer, Origin from) {
    String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
    return Outcome.deliveryUnknown(
        from
            + " answered "
            + answer.status()
            + " with what is no answer of the platform: "
            + (text.isEmpty() ? "nothing" : from.excerpt(text, SHOWN_CHARACTERS)),
        null);
  }
}
