package io.w7s.sdk.internal.wire;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.text.TraceParent;
import io.w7s.sdk.internal.text.WireInstant;
import io.w7s.sdk.queue.CloudEvent;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event or a CloudEvent as JSON: in the request of a publisher, where a router may have to add
 * the id, the source and the time, and as a message on a queue.
 *
 * <p>An event in the form of a CloudEvent 1.0 has the fields of a plain one, with the same meaning,
 * and {@code specversion} and {@code type} in addition; so readers that do not know CloudEvents
 * read it as well. Its type is its subject.
 *
 * <p>A CloudEvent that this SDK writes has the attribute {@code "w7sform":"cloudevent"}, and has it
 * first. That is the mark by which a consumer tells it from a message whose own fields happen to be
 * those of a CloudEvent. The mark keeps its place on the platform, which keeps the order of fields.
 *
 * @param id the same for every copy of the event; null where the router is to make one
 * @param type the type of a CloudEvent; null for a plain event
 * @param subject the subject of an event; null for a CloudEvent that is not an event
 * @param source who sent it, for an event the publishing app as {@code owner/repo}; null where the
 *     router takes it from the caller
 * @param time when it happened; null where the publisher did not say
 * @param data the payload, in the message's own bytes
 * @param traceParent the W3C trace that it belongs to; null for none
 * @param redeliverTo in the request of a publisher, the queue of the one subscriber that gets it
 *     once more; null for all that do not have it
 */
public record EventMessage(
    @Nullable String id,
    @Nullable String type,
    @Nullable String subject,
    @Nullable String source,
    @Nullable Instant time,
    JsonSlice data,
    @Nullable String traceParent,
    @Nullable String redeliverTo) {

  private static final String REDELIVER_TO = "redeliverTo";
  private static final String FORM = "w7sform";
  private static final String CLOUD_EVENT = "cloudevent";
  private static final String SPEC_VERSION = "specversion";
  private static final String BINARY_DATA = "data_base64";

  private static final byte[] MARK =
      "{\"%s\":\"%s\",".formatted(FORM, CLOUD_EVENT).getBytes(StandardCharsets.US_ASCII);

  /** What a plain event takes besides its texts and its data, so that it fits exactly. */
  private static final int AROUND =
      "{'id':'','subject':'','source':'','time':'','data':}".length() + WireInstant.LENGTH;

  private static final JsonFields FIELDS =
      JsonFields.of(
          FORM,
          SPEC_VERSION,
          "id",
          "type",
          "subject",
          "source",
          "time",
          TraceParent.NAME,
          "data",
          BINARY_DATA,
          REDELIVER_TO);

  /** Makes a plain event that belongs to no trace. */
  public EventMessage(
      @Nullable String id,
      String subject,
      @Nullable String source,
      @Nullable Instant time,
      JsonSlice data) {
    this(id, null, subject, source, time, data, null, null);
  }

  /** Returns an event in the form that its publisher chose. */
  public static EventMessage of(EventPublish event) {
    return new EventMessage(
        event.id(),
        event.cloudEvent() ? event.subject() : null,
        event.subject(),
        event.source().toString(),
        event.time(),
        JsonSlice.of(event.data()),
        event.traceParent(),
        event.redeliverTo());
  }

  /** Returns a CloudEvent that is not an event. */
  public static EventMessage of(
      CloudEvent attributes, @Nullable String traceParent, JsonSlice data) {
    return new EventMessage(
        attributes.id(),
        attributes.type(),
        null,
        attributes.source(),
        attributes.time().orElse(null),
        data,
        traceParent,
        null);
  }

  /**
   * Reads an event in either form.
   *
   * @throws CodecException when it is not one; the position is a JSON path within the event
   */
  public static EventMessage read(JsonSlice json) {
    return JsonReader.read(json, "event", EventMessage::readEvent);
  }

  /** Reads the event in front of a reader; as {@link #read(JsonSlice)} otherwise. */
  public static EventMessage read(JsonReader in) {
    return in.nested("event", EventMessage::readEvent);
  }

  /** Returns whether the value in front of a reader is marked as a CloudEvent of this SDK. */
  public static boolean isMarkedCloudEvent(JsonReader in) {
    return in.startsWith(MARK);
  }

  /**
   * Reads the CloudEvent in front of a reader, whoever wrote it.
   *
   * @throws CodecException when it is not one with data in JSON; the position is a JSON path within
   *     the CloudEvent
   */
  public static EventMessage readCloudEvent(JsonReader in) {
    return in.nested("CloudEvent", EventMessage::readStrictly);
  }

  private static EventMessage readStrictly(JsonReader in) {
    EventMessage event = readFields(in);
    if (event.type() == null) {
      throw in.failure(SPEC_VERSION, "must be 1.0, as in every CloudEvent");
    }
    in.required("id", event.id());
    in.required("source", event.source());
    return event;
  }

  private static EventMessage readEvent(JsonReader in) {
    EventMessage event = readFields(in);
    in.required("subject", event.subject());
    return event;
  }

  private static EventMessage readFields(JsonReader in) {
    String specVersion = null;
    String id = null;
    String type = null;
    String subject = null;
    String source = null;
    Instant time = null;
    String traceParent = null;
    JsonSlice data = JsonSlice.ofNull();
    String redeliverTo = null;
    boolean binary = false;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case SPEC_VERSION -> specVersion = in.textIfText();
        case "id" -> id = in.textOrNull();
        case "type" -> type = in.textIfText();
        case "subject" -> subject = in.textOrNull();
        case "source" -> source = in.textOrNull();
        case "time" -> time = in.instantOrNull();
        case TraceParent.NAME -> traceParent = TraceParent.orNull(in.textIfText());
        case "data" -> data = in.slice();
        case REDELIVER_TO -> redeliverTo = in.textIfText();
        case BINARY_DATA -> {
          binary = true;
          in.skip();
        }
        default -> in.skip();
      }
    }
    if (specVersion == null || !specVersion.startsWith("1.")) {
      return new EventMessage(id, null, subject, source, time, data, traceParent, redeliverTo);
    }
    if (binary) {
      throw in.failure(BINARY_DATA, "is not supported: the data must be JSON, in data");
    }
    return new EventMessage(
        id, in.required("type", type), type, source, time, data, traceParent, redeliverTo);
  }

  /**
   * Returns the event as an operation of its publisher. An id and a time that it does not have are
   * made.
   *
   * @param publisher the app that publishes, as its host authenticated it; the event's own source
   *     does not count
   * @param request the headers that the event came with, whose trace counts where the event has
   *     none
   * @throws CodecException when the data is not JSON
   * @throws InvalidInputException when the id or the subject is not valid
   */
  public EventPublish toPublish(AppId publisher, Headers request, TimeSource host) {
    data.requireJson("event data");
    return new EventPublish(
        publisher,
        id == null ? RandomIds.next(host.random()) : id,
        String.valueOf(subject), // an event has one
        time == null ? host.now() : time,
        data.toBytes(),
        traceParent == null ? TraceParent.of(request) : traceParent,
        true,
        type != null,
        redeliverTo);
  }

  /** Returns the event as its subscribers get it. */
  public EventMessage forSubscribers() {
    return new EventMessage(id, type, subject, source, time, data, traceParent, null);
  }

  /** Returns what a CloudEvent says of itself. */
  public CloudEvent attributes() {
    return new CloudEvent(
        String.valueOf(id),
        String.valueOf(source),
        String.valueOf(type),
        Optional.ofNullable(time));
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  /** Writes it with the data copied byte for byte; fields that are null are left out. */
  public byte[] toJson() {
    return new JsonWriter(AROUND + length(id) + length(subject) + length(source) + data.length())
        .beginObject()
        .field(FORM, type == null ? null : CLOUD_EVENT)
        .field(SPEC_VERSION, type == null ? null : "1.0")
        .field("id", id)
        .field("type", type)
        .field("subject", subject)
        .field("source", source)
        .field("time", time)
        .field(TraceParent.NAME, traceParent)
        .field("data", data)
        .field(REDELIVER_TO, redeliverTo)
        .endObject()
        .toBytes();
  }
}
