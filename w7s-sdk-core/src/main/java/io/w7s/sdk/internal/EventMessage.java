package io.w7s.sdk.internal;

import io.w7s.sdk.error.CodecException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event: as the publisher sends it, where the id, source and time may still be open, and as the
 * router puts it on a subscriber's queue.
 *
 * @param id the same for every copy of the event; null where the router is to make one
 * @param subject the exact subject
 * @param source the publishing app as {@code owner/repo}; null where the router takes it from the
 *     token
 * @param time when it was published; null where the publisher did not say
 * @param data the payload, in the message's own bytes
 */
public record EventMessage(
    @Nullable String id,
    String subject,
    @Nullable String source,
    @Nullable Instant time,
    JsonSlice data) {

  /**
   * Reads an event, usually the body of a queue message.
   *
   * @throws CodecException when a field is missing or odd; the position is its JSON path within the
   *     event
   */
  public static EventMessage read(JsonSlice json) {
    return JsonReader.read(json, "event", EventMessage::read);
  }

  private static EventMessage read(JsonReader in) {
    String id = null;
    String subject = null;
    String source = null;
    Instant time = null;
    JsonSlice data = JsonSlice.ofNull();
    in.enterObject();
    for (String name = in.nextField(); name != null; name = in.nextField()) {
      switch (name) {
        case "id" -> id = in.textOrNull();
        case "subject" -> subject = in.text();
        case "source" -> source = in.textOrNull();
        case "time" -> time = in.instantOrNull();
        case "data" -> data = in.slice();
        default -> in.skip();
      }
    }
    return new EventMessage(id, in.required("subject", subject), source, time, data);
  }

  /** Writes the event with the data copied byte for byte; fields that are null are left out. */
  public byte[] toJson() {
    return new JsonWriter(192 + data.length())
        .beginObject()
        .field("id", id)
        .field("subject", subject)
        .field("source", source)
        .field("time", time)
        .field("data", data)
        .endObject()
        .toBytes();
  }
}
