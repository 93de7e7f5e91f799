package io.w7s.sdk.internal.wire;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.internal.json.JsonFields;
import io.w7s.sdk.internal.json.JsonReader;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a message that brings a message back to its consumer which was set aside there:
 * {@code {"w7s:sendAgain":{"key","token"}}}. The consumer has the rest in its store. A plain queue
 * message has no headers, and the platform says no id when it takes one; so what a message means
 * has to be in its body, and sending the message itself once more would make it another one.
 *
 * @param key what identifies the message within its queue
 * @param token the token that it has in the store
 */
public record SendAgain(String key, String token) {

  private static final String NAME = "w7s:sendAgain";
  private static final TypeRef<Map<String, Map<String, String>>> TYPE = new TypeRef<>() {};
  private static final JsonFields OUTER = JsonFields.of(NAME);
  private static final JsonFields FIELDS = JsonFields.of("key", "token");
  private static final byte[] MARK = ("{\"" + NAME + "\":{").getBytes(StandardCharsets.US_ASCII);

  /** Reads the body of a message; null when it is any other. */
  public static @Nullable SendAgain of(JsonSlice body) {
    if (!body.startsWith(MARK)) {
      return null;
    }
    try {
      return JsonReader.read(body, NAME, SendAgain::read);
    } catch (CodecException other) {
      return null;
    }
  }

  private static SendAgain read(JsonReader in) {
    SendAgain read = null;
    in.enterObject();
    for (String name = in.nextField(OUTER); name != null; name = in.nextField(OUTER)) {
      read = readKeyAndToken(in);
    }
    return in.required(NAME, read);
  }

  private static SendAgain readKeyAndToken(JsonReader in) {
    String key = null;
    String token = null;
    in.enterObject();
    for (String name = in.nextField(FIELDS); name != null; name = in.nextField(FIELDS)) {
      switch (name) {
        case "key" -> key = in.text();
        case "token" -> token = in.text();
        default -> in.skip();
      }
    }
    return new SendAgain(in.required("key", key), in.required("token", token));
  }

  /**
   * Sends this.
   *
   * @param queue the queue, as {@code owner/repo/name}
   * @param delay how long the platform holds it back, at most a day; fractions of a second are
   *     rounded up
   */
  public void send(String queue, QueueClient queues, Duration delay) {
    int slash = queue.lastIndexOf('/');
    QueueRef<Map<String, Map<String, String>>> ref =
        AppRef.of(queue.substring(0, Math.max(slash, 0))).queue(queue.substring(slash + 1), TYPE);
    Duration seconds = Duration.ofSeconds(delay.plusNanos(999_999_999).toSeconds());
    queues.send(ref, Map.of(NAME, Map.of("key", key, "token", token)), send -> send.delay(seconds));
  }
}
