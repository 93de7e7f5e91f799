package io.w7s.sdk.internal.wire;

import io.w7s.sdk.Caller;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.json.JsonWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The body of a queue delivery, in the platform's shape and in the shorter one of callers that have
 * no platform.
 *
 * @param queue the queue's name
 * @param queueName the platform's physical name; null where there is no platform
 * @param messages in the order of the batch; copied
 */
public record QueueDelivery(String queue, @Nullable String queueName, List<Message> messages) {

  private static final String UNKNOWN = "unknown";
  private static final JsonFields FIELDS = JsonFields.of("queue", "queueName", "messages");
  private static final JsonFields MESSAGE =
      JsonFields.of("id", "attempts", "timestamp", "enqueuedAt", "caller", "body");

  /** The bytes that a delivery takes besides its messages, and a message besides its body. */
  private static final int AROUND_THE_MESSAGES = 128;

  private static final int AROUND_A_BODY = 384;

  /** Copies the list. */
  public QueueDelivery {
    messages = List.copyOf(messages);
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
   * An element of the batch that is not a message, or whose body cannot be read.
   *
   * @param id the message's id; {@code unknown} where there is none
   * @param attempts as far as it can be read; otherwise 1
   * @param reason what is wrong with it
   * @param body the payload; the whole element where it has none
   */
  public record Unreadable(String id, int attempts, CodecException reason, JsonSlice body) {}

  /**
   * Takes the messages of a delivery while it is read.
   *
   * @param <B> what a body is read as
   */
  public interface Receiver<B> {

    /**
     * Reads a body.
     *
     * @param in the reader in front of the body, which is left behind it
     * @throws CodecException when the body cannot be read; then the message is unreadable
     */
    B read(JsonReader in);

    /** Takes a message. */
    void message(Message message, B body);

    /** Takes what cannot be read as a message. It does not affect the others. */
    void unreadable(Unreadable message);
  }

  /**
   * Reads a delivery. Messages are handed over as they are read, so when this throws, some may have
   * been.
   *
   * @throws CodecException when the JSON is not a delivery: it is not JSON, or a field is missing
   *     or malformed; the position is its JSON path
   */
  public static <B> void read(byte[] json, Receiver<B> receiver) {
    var callers = new CallerJson();
    Function<JsonReader, B> bodies = receiver::read;
    Function<JsonReader, Received<B>> messages = in -> message(in, callers, bodies);
    Consumer<JsonReader> readable =
        in -> {
          Received<B> received = in.nested("queue message", messages);
          receiver.message(received.message(), received.body());
        };
    BiConsumer<CodecException, JsonSlice> others =
        (reason, element) -> receiver.unreadable(unreadable(reason, element));
    read(json, in -> in.readOrSkip(readable, others));
  }

  /**
   * Reads a delivery of which every element has to be a message.
   *
   * @throws CodecException when the JSON is not such a delivery; the position is its JSON path
   */
  public static QueueDelivery read(byte[] json) {
    var callers = new CallerJson();
    var messages = new ArrayList<Message>();
    QueueDelivery head =
        read(json, in -> messages.add(message(in, callers, JsonReader::slice).message()));
    return new QueueDelivery(head.queue(), head.queueName(), messages);
  }

  /** Reads a delivery, and returns it without the messages. */
  private static QueueDelivery read(byte[] json, Consumer<JsonReader> element) {
    return JsonReader.read(JsonSlice.of(json), "queue delivery", in -> readDelivery(in, element));
  }

  private static QueueDelivery readDelivery(JsonReader in, Consumer<JsonReader> element) {
    String queue = null;
    String queueName = null;
    boolean hasMessages = false;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "queue" -> queue = in.text();
        case "queueName" -> queueName = in.textOrNull();
        case "messages" -> {
          in.enterArray();
          while (in.nextElement()) {
            element.accept(in);
          }
          hasMessages = true;
        }
        default -> in.skip();
      }
    }
    if (!hasMessages) {
      throw in.failure("messages", "is missing");
    }
    return new QueueDelivery(in.required("queue", queue), queueName, List.of());
  }

  private record Received<B>(Message message, B body) {}

  private static <B> Received<B> message(
      JsonReader in, CallerJson callers, Function<JsonReader, B> bodies) {
    String id = null;
    int attempts = 1;
    Instant timestamp = null;
    Instant enqueuedAt = null;
    Caller caller = null;
    JsonSlice json = null;
    B body = null;
    in.enterObject();
    for (String name = in.nextField(MESSAGE); name != null; name = in.nextField(MESSAGE)) {
      switch (name) {
        case "id" -> id = in.text();
        case "attempts" -> attempts = in.positiveInt();
        case "timestamp" -> timestamp = in.instantOrNull();
        case "enqueuedAt" -> enqueuedAt = in.instantOrNull();
        case "caller" -> caller = callers.readOrNull(in);
        case "body" -> {
          int start = in.position();
          body = bodies.apply(in);
          json = in.sliceFrom(start);
        }
        default -> in.skip();
      }
    }
    JsonSlice some = json == null ? JsonSlice.ofNull() : json;
    return new Received<>(
        new Message(in.required("id", id), attempts, timestamp, enqueuedAt, caller, some),
        body == null ? JsonReader.read(some, "message body", bodies) : body);
  }

  /** Reads what can be read of an element that is not a message. */
  private static Unreadable unreadable(CodecException reason, JsonSlice element) {
    try {
      return JsonReader.read(element, "queue message", in -> unreadable(in, reason, element));
    } catch (CodecException notJson) {
      return new Unreadable(UNKNOWN, 1, reason, element);
    }
  }

  private static Unreadable unreadable(JsonReader in, CodecException reason, JsonSlice element) {
    if (!in.isObject()) {
      in.skip();
      return new Unreadable(UNKNOWN, 1, reason, element);
    }
    String id = null;
    int attempts = 1;
    JsonSlice body = element;
    in.enterObject();
    for (String name = in.nextField(MESSAGE); name != null; name = in.nextField(MESSAGE)) {
      switch (name) {
        case "id" -> id = in.textIfText();
        case "attempts" -> attempts = in.positiveIntOr(1);
        case "body" -> body = in.slice();
        default -> in.skip();
      }
    }
    return new Unreadable(id == null ? UNKNOWN : id, attempts, reason, body);
  }

  /** Writes the delivery, with bodies copied byte for byte. */
  public byte[] toJson() {
    int bodies = 0;
    for (Message message : messages) {
      bodies += message.body().length();
    }
    int first = messages.isEmpty() ? 0 : messages.get(0).body().length();
    var out = new JsonWriter(AROUND_THE_MESSAGES + AROUND_A_BODY + first);
    out.beginObject().field("queue", queue).field("queueName", queueName);
    out.name("messages").beginArray();
    var callers = new CallerJson();
    for (int i = 0; i < messages.size(); i++) {
      int start = out.size();
      write(messages.get(i), callers, out);
      if (i == 0) {
        // The others usually take as much around their bodies, so that all fit exactly.
        int around = out.size() - start - first + 1;
        out.expect(out.size() + (messages.size() - 1) * around + bodies - first + 2);
      }
    }
    return out.endArray().endObject().toBytes();
  }

  private static void write(Message message, CallerJson callers, JsonWriter out) {
    out.beginObject().field("id", message.id()).field("attempts", message.attempts());
    out.field("timestamp", message.timestamp());
    if (message.enqueuedAt() == null) {
      out.field("enqueuedAt", JsonSlice.ofNull());
    } else {
      out.field("enqueuedAt", message.enqueuedAt());
    }
    callers.writeOrNull(out, message.caller());
    out.field("body", message.body()).endObject();
  }
}
