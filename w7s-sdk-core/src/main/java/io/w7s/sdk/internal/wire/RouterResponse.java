package io.w7s.sdk.internal.wire;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.internal.json.Excerpt;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonValues;
import io.w7s.sdk.internal.json.JsonWriter;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.RawResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The response of an event router, in either of its forms:
 *
 * <ul>
 *   <li>that of a router that is an ordinary app: {@code {"ok","service","accepted","subject",
 *       "publisher","deliveries":[{"repository","queue","target","ok","status","response"}]}},
 *       where the status and the response are those of the subscriber's queue;
 *   <li>the platform's, {@link PublishResult} in a success of the control plane.
 * </ul>
 *
 * In both forms a delivery that an earlier publish of the event has made has {@code "skipped":true}
 * in addition.
 */
public final class RouterResponse {

  private static final JsonSlice TRUE = literal("true");
  private static final JsonSlice FALSE = literal("false");

  /**
   * What a router that is an ordinary app says about a delivery.
   *
   * @param delivery what became of it
   * @param target where the router sent it, for people to read
   * @param status the HTTP status of the queue's response, or what comes closest to it
   * @param enqueuedAt when the queue took the event; null when it did not, or not this time
   */
  public record Sent(Delivery delivery, String target, int status, @Nullable Instant enqueuedAt) {}

  private RouterResponse() {}

  private static JsonSlice literal(String json) {
    return JsonSlice.of(json.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Writes the response of a router that is an ordinary app.
   *
   * @param service the name of the router
   * @param deliveries one for each delivery of the receipt
   */
  public static byte[] toJson(String service, PublishReceipt receipt, List<Sent> deliveries) {
    var out = new JsonWriter(256 + 256 * deliveries.size());
    out.beginObject().field("ok", bool(receipt.complete())).field("service", service);
    out.field("accepted", TRUE).field("subject", receipt.subject());
    out.field("publisher", receipt.source().toString()).name("deliveries").beginArray();
    for (Sent sent : deliveries) {
      Delivery delivery = sent.delivery();
      JsonSlice ok = bool(delivery.status() != Status.FAILED);
      out.beginObject().field("repository", delivery.app().toString());
      out.field("queue", delivery.queue()).field("target", sent.target());
      out.field("ok", ok).field("status", sent.status()).name("response").beginObject();
      out.field("ok", ok).field("error", delivery.error().orElse(null));
      out.field("enqueuedAt", sent.enqueuedAt()).endObject();
      if (delivery.status() == Status.SKIPPED) {
        out.field(PublishResult.SKIPPED, TRUE);
      }
      out.endObject();
    }
    return out.endArray().endObject().toBytes();
  }

  private static JsonSlice bool(boolean value) {
    return value ? TRUE : FALSE;
  }

  /**
   * Returns what became of an event; null when the response does not say so, or is a failure with
   * an empty list.
   */
  public static @Nullable PublishReceipt receipt(EventPublish publish, RawResponse response) {
    List<Delivery> deliveries = deliveries(response.body());
    return deliveries == null || (deliveries.isEmpty() && !response.isSuccess())
        ? null
        : new PublishReceipt(
            publish.id(), publish.subject(), publish.source(), publish.time(), deliveries);
  }

  /** Returns the deliveries; null when the body has no list of them that can be read. */
  private static @Nullable List<Delivery> deliveries(byte[] body) {
    try {
      if (JsonValues.parse(body) instanceof Map<?, ?> response) {
        Object data = response.get("data") instanceof Map<?, ?> inner ? inner : response;
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
        ? "the subscriber responded with " + status + said
        : "the router does not say why" + said;
  }
}
