package io.w7s.sdk.internal.wire;

import io.w7s.sdk.Caller;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The body of a queue delivery, in the platform's shape and in the shorter one that local callers
 * send.
 *
 * @param queue the logical name
 * @param queueName the platform's physical name; null where the sender is local
 * @param messages in the order of the batch
 * @param unreadable elements of the batch that are not messages; none where this is written
 */
public record QueueDelivery(
    String queue, @Nullable String queueName, List<Message> messages, List<Unreadable> unreadable) {

  private static final String SHAPE = "queue delivery";
  private static final String UNKNOWN = "unknown";

  /** Copies the lists. */
  public QueueDelivery {
    messages = List.copyOf(messages);
    unreadable = List.copyOf(unreadable);
  }

  /** Creates a delivery to write, or one whose messages can all be read. */
  public QueueDelivery(String queue, @Nullable String queueName, List<Message> messages) {
    this(queue, queueName, messages, List.of());
  }

  /**
   * One message of the batch.
   *
   * @param id unique within the queue
   * @param attempts how often it has been delivered, this time included; 1 where the sender does
   *     not say
   * @param timestamp when the platform's queue took it
   * @param enqueuedAt when it was sent
   * @param caller who sent it
   * @param body the payload, in the delivery's own bytes
   */
  public record Message(
      String id,
      int attempts,
      @Nullable Instant timestamp,
      @Nullable Instant enqueuedAt,
      @Nullable Caller caller,
      JsonSlice body) {}

  /**
   * An element of the batch that is not a message, for example because its time is not one.
   *
   * @param id as far as there is one; otherwise {@code unknown}
   * @param attempts as far as it can be read; otherwise 1
   * @param reason what is wrong with it
   * @param json the element itself
   */
  public record Unreadable(String id, int attempts, CodecException reason, JsonSlice json) {}

  /**
   * Reads a delivery.
   *
   * @throws CodecException when a field is missing or odd; the position is its JSON path
   */
  public static QueueDelivery read(byte[] json) {
    QueueDelivery plain = PlainDelivery.read(json);
    return plain != null
        ? plain
        : JsonReader.read(JsonSlice.of(json), SHAPE, in -> read(in, QueueDelivery::messages));
  }

  /**
   * Reads a delivery whose elements need not all be messages. This takes longer than {@link #read},
   * so try that first.
   *
   * @throws CodecException when it is no delivery, whatever its elements are
   */
  public static QueueDelivery readEach(byte[] json) {
    return JsonReader.read(JsonSlice.of(json), SHAPE, QueueDelivery::readEach);
  }

  private static QueueDelivery readEach(JsonReader in) {
    var unreadable = new ArrayList<Unreadable>();
    QueueDelivery readable = read(in, batch -> messages(batch, unreadable));
    return new QueueDelivery(
        readable.queue(), readable.queueName(), readable.messages(), unreadable);
  }

  private static List<Message> messages(JsonReader in, List<Unreadable> unreadable) {
    var messages = new ArrayList<Message>();
    in.enterArray();
    while (in.nextElement()) {
      JsonSlice element = in.slice();
      try {
        messages.add(
            JsonReader.read(element, "queue message", each -> message(each, new CallerJson())));
      } catch (CodecException refused) {
        unreadable.add(unreadable(element, refused));
      }
    }
    return messages;
  }

  private static Unreadable unreadable(JsonSlice element, CodecException reason) {
    try {
      return JsonReader.read(element, SHAPE, in -> unreadable(in, element, reason));
    } catch (CodecException notJson) {
      return new Unreadable(UNKNOWN, 1, reason, element);
    }
  }

  private static Unreadable unreadable(JsonReader in, JsonSlice element, CodecException reason) {
    String id = null;
    int attempts = 1;
    if (in.isObject()) {
      in.enterObject();
      for (String name = in.nextField(); name != null; name = in.nextField()) {
        switch (name) {
          case "id" -> id = in.textIfText();
          case "attempts" -> attempts = in.positiveIntOr(1);
          default -> in.skip();
        }
      }
    } else {
      in.skip();
    }
    return new Unreadable(id == null ? UNKNOWN : id, attempts, reason, element);
  }

  private static QueueDelivery read(JsonReader in, Function<JsonReader, List<Message>> batch) {
    String queue = null;
    String queueName = null;
    List<Message> messages = null;
    in.enterObject();
    for (String name = in.nextField(); name != null; name = in.nextField()) {
      switch (name) {
        case "queue" -> queue = in.text();
        case "queueName" -> queueName = in.textOrNull();
        case "messages" -> messages = batch.apply(in);
        default -> in.skip();
      }
    }
    return new QueueDelivery(
        in.required("queue", queue), queueName, in.required("messages", messages));
  }

  private static List<Message> messages(JsonReader in) {
    var messages = new ArrayList<Message>();
    var callers = new CallerJson();
    in.enterArray();
    while (in.nextElement()) {
      messages.add(message(in, callers));
    }
    return messages;
  }

  private static Message message(JsonReader in, CallerJson callers) {
    String id = null;
    int attempts = 1;
    Instant timestamp = null;
    Instant enqueuedAt = null;
    Caller caller = null;
    JsonSlice body = JsonSlice.ofNull();
    in.enterObject();
    for (String name = in.nextField(); name != null; name = in.nextField()) {
      switch (name) {
        case "id" -> id = in.text();
        case "attempts" -> attempts = in.positiveInt();
        case "timestamp" -> timestamp = in.instantOrNull();
        case "enqueuedAt" -> enqueuedAt = in.instantOrNull();
        case "caller" -> caller = callers.readOrNull(in);
        case "body" -> body = in.slice();
        default -> in.skip();
      }
    }
    return new Message(in.required("id", id), attempts, timestamp, enqueuedAt, caller, body);
  }

  /** Writes the delivery with bodies copied byte for byte; fields that are null are left out. */
  public byte[] toJson() {
    int bodies = 0;
    for (Message message : messages) {
      bodies += message.body().length();
    }
    var out = new JsonWriter(64 + 320 * messages.size() + bodies);
    out.beginObject().field("queue", queue).field("queueName", queueName);
    out.name("messages").beginArray();
    var callers = new CallerJson();
    for (Message message : messages) {
      out.beginObject().field("id", message.id()).field("attempts", message.attempts());
      out.field("timestamp", message.timestamp());
      if (message.enqueuedAt() == null) {
        out.field("enqueuedAt", JsonSlice.ofNull());
      } else {
        out.field("enqueuedAt", message.enqueuedAt());
      }
      if (message.caller() == null) {
        out.field("caller", JsonSlice.ofNull());
      } else {
        callers.write(out, message.caller());
      }
      out.field("body", message.body()).endObject();
    }
    return out.endArray().endObject().toBytes();
  }
}
