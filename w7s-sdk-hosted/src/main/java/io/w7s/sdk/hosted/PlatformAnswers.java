package io.w7s.sdk.hosted;

import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.ControlAnswer;
import io.w7s.sdk.internal.ControlData;
import io.w7s.sdk.internal.Excerpt;
import io.w7s.sdk.internal.JsonSlice;
import io.w7s.sdk.internal.RetryAfter;
import io.w7s.sdk.internal.RouterAnswer;
import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.RpcAnswer;
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
  Answer<RpcAnswer> rpc(RpcAnswer answer, Origin from) {
    if (answer.isSuccess()) {
      return Answer.success(answer);
    }
    Answer.Refused<RpcAnswer> refused = rpcRefusal(answer);
    if (refused != null) {
      return refused;
    }
    return from.isRepeatedBy(answer) ? foreign(answer, from) : Answer.success(answer);
  }

  /** Reads an answer of the control plane. */
  <R> Answer<R> control(RpcAnswer answer, Origin from, Function<JsonSlice, R> data) {
    if (!answer.isSuccess()) {
      Answer.Refused<R> refused = refusal(answer);
      return refused == null ? foreign(answer, from) : refused;
    }
    try {
      R result = ControlData.read(answer.body(), data);
      return result == null ? foreign(answer, from) : Answer.success(result);
    } catch (CodecException unreadable) {
      return Answer.deliveryUnknown(
          from + " answered " + answer.status() + ", but " + unreadable.getMessage(), unreadable);
    }
  }

  /** Reads the platform's own answer to an event. */
  Answer<PublishReceipt> event(EventPublish publish, RpcAnswer answer, Origin from) {
    PublishReceipt receipt = answer.isSuccess() ? RouterAnswer.receipt(publish, answer) : null;
    return receipt == null ? control(answer, from, data -> unlisted()) : Answer.success(receipt);
  }

  /** Reads the answer of the app that routes events. */
  Answer<PublishReceipt> routed(EventPublish publish, RpcAnswer answer, Origin from) {
    PublishReceipt receipt = RouterAnswer.receipt(publish, answer);
    if (receipt != null) {
      return Answer.success(receipt);
    }
    if (answer.isSuccess()) {
      return foreign(answer, from);
    }
    Answer.Refused<PublishReceipt> refused = rpcRefusal(answer);
    return refused == null
        ? new Answer.Refused<>(
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
  private <R> Answer.@Nullable Refused<R> rpcRefusal(RpcAnswer answer) {
    return RPC_REFUSALS.contains(answer.status()) ? refusal(answer) : null;
  }

  /** Returns the platform's refusal; null where the answer has not its shape. */
  private <R> Answer.@Nullable Refused<R> refusal(RpcAnswer answer) {
    return ControlAnswer.read(answer.body()).orElse(null) instanceof ControlAnswer.Failure failure
        ? new Answer.Refused<>(
            answer.status(),
            failure.message(),
            failure.details(),
            RetryAfter.of(answer.headers(), time.now()))
        : null;
  }

  /** A page of a proxy on the way, say: nobody knows what became of the request. */
  private static <R> Answer<R> foreign(RpcAnswer answer, Origin from) {
    String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
    return Answer.deliveryUnknown(
        from
            + " answered "
            + answer.status()
            + " with what is no answer of the platform: "
            + (text.isEmpty() ? "nothing" : from.excerpt(text, SHOWN_CHARACTERS)),
        null);
  }
}
