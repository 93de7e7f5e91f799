package io.w7s.sdk.internal.wire;

import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import java.nio.charset.StandardCharsets;

/**
 * The platform's response to a publish, {@code {"event":{"id","subject","source","time"},
 * "deliveries":[{"repository","queue","status","error"?}]}}. A subscriber that had the event
 * already is {@code enqueued} like the others, for its queue has the event, and is marked by {@code
 * "skipped":true} for those who want to know.
 */
public final class PublishResult {

  /** The status of a delivery whose queue has the event. */
  public static final String ENQUEUED = "enqueued";

  /** The status of a delivery whose queue does not have the event. */
  public static final String FAILED = "failed";

  /** What marks a delivery that an earlier publish has made. */
  public static final String SKIPPED = "skipped";

  private static final JsonSlice TRUE = JsonSlice.of("true".getBytes(StandardCharsets.US_ASCII));

  private PublishResult() {}

  /** Writes the response's data. */
  public static byte[] toJson(PublishReceipt receipt) {
    var out = new JsonWriter(256 + 96 * receipt.deliveries().size());
    out.beginObject().name("event").beginObject();
    out.field("id", receipt.id()).field("subject", receipt.subject());
    out.field("source", receipt.source().toString()).field("time", receipt.time()).endObject();
    out.name("deliveries").beginArray();
    for (Delivery delivery : receipt.deliveries()) {
      out.beginObject().field("repository", delivery.app().toString());
      out.field("queue", delivery.queue());
      out.field("status", delivery.status() == Status.FAILED ? FAILED : ENQUEUED);
      if (delivery.status() == Status.SKIPPED) {
        out.field(SKIPPED, TRUE);
      }
      out.field("error", delivery.error().orElse(null)).endObject();
    }
    return out.endArray().endObject().toBytes();
  }
}
