package io.w7s.sdk.queue;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.internal.text.Names;

/**
 * A queue of an app: its name and the type of its messages. Created once, with {@link
 * io.w7s.sdk.AppRef#queue}, and used to send, to consume and to assert. Immutable.
 *
 * @param app the app that declares the queue
 * @param name the queue's name, in lower case
 * @param consumer the path that consumes it, {@code /_w7s/queues/<name>} unless the manifest says
 *     otherwise
 * @param type the type of a message body; for a CloudEvent, the type of its data
 * @param cloudEvents whether every message is a CloudEvent; see {@link #asCloudEvents()}
 * @param <T> the type of a message body
 */
public record QueueRef<T>(
    AppId app, String name, String consumer, TypeRef<T> type, boolean cloudEvents) {

  /**
   * Checks the name and the path.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when one of them is not valid
   */
  public QueueRef {
    requireNonNull(app, "app");
    requireNonNull(type, "type");
    name = Names.queue("queue name", requireNonNull(name, "name"));
    consumer = Names.path("queue consumer", requireNonNull(consumer, "consumer"));
  }

  /** Returns this queue with another consumer path: the one in the manifest of the app. */
  public QueueRef<T> consumer(String consumer) {
    return new QueueRef<>(app, name, consumer, type, cloudEvents);
  }

  /**
   * Returns this queue with messages that are all CloudEvents 1.0 in structured JSON. The body of a
   * message is then the CloudEvent's data, and {@link QueueMessage#cloudEvent()} has its
   * attributes. A message that is not a CloudEvent cannot be read; a send without {@link
   * SendOptions#asCloudEvent} is refused.
   *
   * <p>A consumer needs this when senders do not use this SDK. CloudEvents that this SDK sends are
   * marked, so a queue without this setting accepts both them and plain messages. On such a queue,
   * an unmarked message is read as a plain one, even if its fields are those of a CloudEvent.
   */
  public QueueRef<T> asCloudEvents() {
    return new QueueRef<>(app, name, consumer, type, true);
  }

  /** Returns {@code owner/repo/name}. */
  @Override
  public String toString() {
    return app + "/" + name;
  }
}
