package io.w7s.sdk.internal.wire;

import io.w7s.sdk.Headers;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.event.PublishedEvent;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import io.w7s.sdk.internal.text.TraceParent;
import io.w7s.sdk.spi.Operation.EventPublish;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event: as the publisher sends it, where the id, source and time may still be open, and as the
 * router puts it on a subscriber's queue. As a CloudEvent in structured mode it has the same fields
 * with the same meaning, and {@code specversion} and {@code type} besides; so who knows nothing of
 * CloudEvents reads it all the same.
 *
 * @param id the same for every copy of the event; null where the router is to make one
 * @param subject the exact subject; of a CloudEvent its type, which is what those are told apart by
 * @param source the publishing app as {@code owner/repo}; null where the router takes it from the
 *     token
 * @param time when it was published; null where the publisher did not say
 * @param data the payload, in the message's own bytes
 * @param traceParent the trace it belongs to; null for none
 * @param cloudEvent whether it has the form of a CloudEvent
 */
public record EventMessage(
    @Nullable String id,
    String subject,
    @Nullable String source,
    @Nullable Instant time,
    JsonSlice data,
    @Nullable String traceParent,
    boolean cloudEvent) {

  private static final byte[] ID = PlainForm.form("{\"id\":\"");
  private static final byte[] SUBJECT = PlainForm.form(",\"subject\":\"");
  private static final byte[] SOURCE = PlainForm.form(",\"source\":\"");
  private static final byte[] TIME = PlainForm.form(",\"time\":\"");
  private static final byte[] DATA = PlainForm.form(",\"data\":");
  private static final byte[] CLOSE = PlainForm.form("}");

  /** A plain event that belongs to no trace. */
  public EventMessage(
      @Nullable String id,
      String subject,
      @Nullable String source,
      @Nullable Instant time,
      JsonSlice data) {
    this(id, subject, source, time, data, null, false);
  }

  /** Returns an event as its publisher sends it. */
  public static EventMessage of(EventPublish publish) {
    return new EventMessage(
        publish.id(),
        publish.subject(),
        publish.source().toString(),
        publish.time(),
        JsonSlice.of(publish.data()),
        publish.traceParent(),
        publish.cloudEvent());
  }

  /**
   * Reads an event, usually the body of a queue message, in either form.
   *
   * @throws CodecException when a field is missing or odd; the position is its JSON path within the
   *     event
   */
  public static EventMessage read(JsonSlice json) {
    EventMessage plain = readPlain(new PlainForm(json));
    return plain != null ? plain : JsonReader.read(json, "event", EventMessage::read);
  }

  /** Returns an event as routers put it on queues; null when it has another form. */
  private static @Nullable EventMessage readPlain(PlainForm in) {
    String id = in.skip(ID) ? in.text() : null;
    String subject = id != null && in.skip(SUBJECT) ? in.text() : null;
    String source = subject != null && in.skip(SOURCE) ? in.text() : null;
    Instant time = source != null && in.skip(TIME) ? in.instant() : null;
    JsonSlice data = time != null && in.skip(DATA) ? in.value() : null;
    return subject != null && data != null && in.skip(CLOSE) && in.isAtEnd()
        ? new EventMessage(id, subject, source, time, data)
        : null;
  }

  private static EventMessage read(JsonReader in) {
    String id = null;
    String subject = null;
    String source = null;
    Instant time = null;
    JsonSlice data = JsonSlice.ofNull();
    String traceParent = null;
    String specVersion = null;
    String type = null;
    boolean binary = false;
    in.enterObject();
    for (String name = in.nextField(); name != null; name = in.nextField()) {
      switch (name) {
        case "id" -> id = in.textOrNull();
        case "subject" -> subject = in.text();
        case "source" -> source = in.textOrNull();
        case "time" -> time = in.instantOrNull();
        case "data" -> data = in.slice();
        case TraceParent.NAME -> traceParent = TraceParent.orNull(in.textIfText());
        case CloudEventBody.SPEC_VERSION -> specVersion = in.textIfText();
        case "type" -> type = in.textIfText();
        case "data_base64" -> {
          binary = true;
          in.skip();
        }
        default -> in.skip();
      }
    }
    if (CloudEventBody.isVersion(specVersion)) {
      if (binary) {
        throw CloudEventBody.refuseBinary();
      }
      return new EventMessage(id, in.required("type", type), source, time, data, traceParent, true);
    }
    return new EventMessage(
        id, in.required("subject", subject), source, time, data, traceParent, false);
  }

  /**
   * Returns the event for a router.
   *
   * @param request the headers it came with, whose trace counts where the event has none
   */
  public PublishedEvent published(Headers request) {
    return new PublishedEvent(
        id,
        subject,
        time,
        data.toBytes(),
        traceParent == null ? TraceParent.of(request) : traceParent,
        cloudEvent);
  }

  /** Writes the event with the data copied byte for byte; fields that are null are left out. */
  public byte[] toJson() {
    return new JsonWriter(192 + data.length())
        .beginObject()
        .field(CloudEventBody.SPEC_VERSION, cloudEvent ? CloudEventBody.VERSION : null)
        .field("id", id)
        .field("type", cloudEvent ? subject : null)
        .field("subject", subject)
        .field("source", source)
        .field("time", time)
        .field(TraceParent.NAME, traceParent)
        .field("data", data)
        .endObject()
        .toBytes();
  }
}
