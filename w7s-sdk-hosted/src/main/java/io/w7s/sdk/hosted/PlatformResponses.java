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
import io.w7s.sdk.workflow.WorkflowInstance;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns responses into outcomes. A response comes from the platform, from the target of an RPC, or
 * from something between here and the platform, such as a proxy. Nothing in it says from which: the
 * platform's refusals are recognised by status and shape together, whatever the content type.
 * Thread-safe.
 */
final class PlatformResponses {

  /** The statuses with which the platform refuses an RPC; any other failure is the target's. */
  private static final Set<Integer> RPC_REFUSALS = Set.of(400, 401, 403, 404, 413, 429);

  private static final int TOO_MANY_REQUESTS = 429;

  private static final int SHOWN_CHARACTERS = 200;

  private final TimeSource time;

  PlatformResponses(TimeSource time) {
    this.time = time;
  }

  /** Reads the response to an RPC: the platform's where it refuses, otherwise the target's own. */
  Outcome<RawResponse> rpc(RawResponse response, ResponseOrigin from) {
    Outcome.Refused<RawResponse> refused = rpcRefusal(response, from);
    if (refused != null) {
      return refused;
    }
    boolean unasked = response.isSuccess() && isHtml(response) && !from.acceptsHtml();
    // the target does not get the token, so what repeats it comes from something on the way
    return unasked || from.repeatsToken(response)
        ? foreign(response, from)
        : Outcome.success(response);
  }

  /** Reads a response of the control plane. */
  <R> Outcome<R> control(RawResponse response, ResponseOrigin from, Function<JsonSlice, R> data) {
    if (!response.isSuccess()) {
      Outcome.Refused<R> refused = refusal(response);
      return refused == null ? foreign(response, from) : refused;
    }
    try {
      R result = ControlResults.read(response.body(), data);
      return result == null ? foreign(response, from) : Outcome.success(result);
    } catch (CodecException unreadable) {
      return Outcome.deliveryUnknown(
          from + " responded with " + response.status() + ", but " + unreadable.getMessage(),
          unreadable);
    }
  }

  /** Reads the response to the start of a workflow or to the question for an instance. */
  Outcome<WorkflowInstance> instance(RawResponse response, ResponseOrigin from) {
    Outcome<WorkflowInstance> outcome = control(response, from, ControlResults::instance);
    if (outcome instanceof Outcome.Success<WorkflowInstance> success
        && success.result().status().error().isPresent()) { // it may become an exception
      return control(from.withoutSecrets(response), from, ControlResults::instance);
    }
    return outcome;
  }

  /** Reads the platform's own response to an event. */
  Outcome<PublishReceipt> event(EventPublish publish, RawResponse response, ResponseOrigin from) {
    PublishReceipt receipt = response.isSuccess() ? receipt(publish, response, from) : null;
    return receipt == null
        ? control(response, from, data -> withoutDeliveries())
        : Outcome.success(receipt);
  }

  /** Reads the response of the app that routes events. */
  Outcome<PublishReceipt> routed(EventPublish publish, RawResponse response, ResponseOrigin from) {
    PublishReceipt receipt = receipt(publish, response, from);
    if (receipt != null) {
      return Outcome.success(receipt);
    }
    if (response.isSuccess()) {
      return foreign(response, from);
    }
    Outcome.Refused<PublishReceipt> refused = rpcRefusal(response, from);
    return refused == null
        ? refused(
            response,
            "the event router responded with "
                + response.status()
                + Excerpt.ofError(response.body()),
            Map.of())
        : refused;
  }

  private static @Nullable PublishReceipt receipt(
      EventPublish publish, RawResponse response, ResponseOrigin from) {
    PublishReceipt receipt = RouterResponse.receipt(publish, response);
    return receipt == null || receipt.complete()
        ? receipt
        : RouterResponse.receipt(publish, from.withoutSecrets(response)); // may become an exception
  }

  private static PublishReceipt withoutDeliveries() {
    throw new CodecException("event receipt", "$.deliveries", "is missing", null);
  }

  /** Returns the platform's refusal of an RPC; null where the response is none. */
  private <R> Outcome.@Nullable Refused<R> rpcRefusal(RawResponse response, ResponseOrigin from) {
    if (!RPC_REFUSALS.contains(response.status())) {
      return null;
    }
    return isSuspension(response, from)
        ? refused(response, "the app is suspended: " + excerpt(response, from), Map.of())
        : refusal(response);
  }

  /** For a suspended app the platform returns a page where the caller accepts one. */
  private static boolean isSuspension(RawResponse response, ResponseOrigin from) {
    return response.status() == TOO_MANY_REQUESTS
        && response.headers().has("retry-after")
        && from.acceptsHtml()
        && isHtml(response);
  }

  /** Returns the platform's refusal; null where the response does not have the shape of one. */
  private <R> Outcome.@Nullable Refused<R> refusal(RawResponse response) {
    return ControlResponse.read(response.body()).orElse(null)
            instanceof ControlResponse.Failure failure
        ? refused(response, failure.message(), failure.details())
        : null;
  }

  private <R> Outcome.Refused<R> refused(
      RawResponse response, String message, Map<String, @Nullable Object> details) {
    return new Outcome.Refused<>(
        response.status(), message, details, RetryAfter.of(response.headers(), time.now()));
  }

  private static boolean isHtml(RawResponse response) {
    String type = response.headers().first("content-type").orElse("").toLowerCase(Locale.ROOT);
    if (!type.isEmpty()) {
      return type.startsWith("text/html") || type.startsWith("application/xhtml");
    }
    String start = start(response).toLowerCase(Locale.ROOT);
    return start.startsWith("<!doctype html") || start.startsWith("<html");
  }

  private static String start(RawResponse response) {
    byte[] body = response.body();
    return new String(body, 0, Math.min(body.length, 64), StandardCharsets.UTF_8).strip();
  }

  /** Returns the outcome of a request to which something else responded, with unknown effect. */
  private static <R> Outcome<R> foreign(RawResponse response, ResponseOrigin from) {
    return Outcome.deliveryUnknown(
        from
            + " responded with "
            + response.status()
            + " with something that is not the platform's, such as a proxy's page: "
            + excerpt(response, from),
        null);
  }

  private static String excerpt(RawResponse response, ResponseOrigin from) {
    String text = new String(response.body(), StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? "no body" : from.excerpt(text, SHOWN_CHARACTERS);
  }
}
