package io.w7s.sdk.queue;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.internal.text.Names;

/**
 * A queue of an app: its name and the type of its messages. Made by {@link
 * io.w7s.sdk.AppRef#queue}, once, and used to send, to consume and to assert. Immutable.
 *
 * @param app the app that declares the queue
 * @param name the queue's name, in lower case
 * @param consumer the path that consumes it, {@code /_w7s/queues/<name>} unless the manifest says
 *     otherwise
 * @param type what a message body is; of a CloudEvent, what its data is
 * @param cloudEvents whether every message is a CloudEvent; see {@link #asCloudEvents()}
 * @param <T> what a message body is
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

  /** Returns this queue, consumed at a path of its own, as its manifest says. */
  public QueueRef<T> consumer(String consumer) {
    return new QueueRef<>(app, name, consumer, type, cloudEvents);
  }

  /**
   * Returns this queue with CloudEvents 1.0 in structured JSON for messages, whoever sends them.
   * The body of a message is then the CloudEvent's data, and {@link QueueMessage#cloudEvent()} has
   * its attributes. A message that is not a CloudEvent cannot be read; a send that is not {@link
   * SendOptions#asCloudEvent} is refused.
   *
   * <p>A consumer needs this for CloudEvents of senders that do not use this SDK. Those that this
   * SDK sends are marked, and a queue that does not ask for CloudEvents takes them beside plain
   * messages. An unmarked message on such a queue is read as it is, even if its fields are those of
   * a CloudEvent.
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
