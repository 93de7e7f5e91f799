package io.w7s.sdk.internal.wire;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.internal.json.Excerpt;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.RawResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries in an event router's answer, in either of its forms:
 *
 * <ul>
 *   <li>an ordinary app as router: {@code {"deliveries":[{"repository","queue","ok","status",
 *       "response"}]}}, where status is that of the subscriber's answer;
 *   <li>the platform's: {@code {"status":"success","data":{"deliveries":[{"repository","queue",
 *       "status":"enqueued"|"failed","error"?}]}}}.
 * </ul>
 *
 * A delivery that an earlier publish of the event has made has {@code "skipped":true} besides.
 */
public final class RouterResponse {

  private RouterResponse() {}

  /**
   * Returns what became of an event; null when the router does not say it, or answers a failure
   * with an empty list.
   */
  public static @Nullable PublishReceipt receipt(EventPublish publish, RawResponse answer) {
    List<Delivery> deliveries = deliveries(answer.body());
    return deliveries == null || (deliveries.isEmpty() && !answer.isSuccess())
        ? null
        : new PublishReceipt(
            publish.id(), publish.subject(), publish.source(), publish.time(), deliveries);
  }

  /** Returns the deliveries; null when the body has no list of them that can be read. */
  private static @Nullable List<Delivery> deliveries(byte[] body) {
    try {
      if (JsonValues.parse(body) instanceof Map<?, ?> answer) {
        Object data = answer.get("data") instanceof Map<?, ?> inner ? inner : answer;
        if (((Map<?, ?>) data).get("deliveries") instanceof List<?> list) {
          return deliveries(list);
        }
      }
    } catch (InvalidInputException notJson) {
      return null;
    }
    return null;
  }

  private static @Nullable List<Delivery> deliveries(List<?> list) {
    var deliveries = new ArrayList<Delivery>(list.size());
    for (Object each : list) {
      if (!(each instanceof Map<?, ?> delivery)
          || !(delivery.get("repository") instanceof String repository)
          || !(delivery.get("queue") instanceof String queue)) {
        return null;
      }
      boolean enqueued =
          delivery.get("ok") instanceof Boolean ok
              ? ok
              : PublishResult.ENQUEUED.equals(delivery.get("status"));
      deliveries.add(
          new Delivery(
              AppId.parse(repository),
              queue,
              enqueued ? enqueued(delivery) : Status.FAILED,
              enqueued ? Optional.empty() : Optional.of(reason(delivery))));
    }
    return deliveries;
  }

  private static Status enqueued(Map<?, ?> delivery) {
    return Boolean.TRUE.equals(delivery.get(PublishResult.SKIPPED))
        ? Status.SKIPPED
        : Status.ENQUEUED;
  }

  private static String reason(Map<?, ?> delivery) {
    if (delivery.get("error") instanceof String error) {
      return Excerpt.of(error);
    }
    Object response = delivery.get("response");
    Object text = response instanceof Map<?, ?> json ? json.get("error") : response;
    String said =
        text instanceof String reason && !reason.isBlank() ? ": " + Excerpt.of(reason) : "";
    return delivery.get("status") instanceof Number status
        ? "the subscriber answered " + status + said
        : "the router does not say why" + said;
  }
}
