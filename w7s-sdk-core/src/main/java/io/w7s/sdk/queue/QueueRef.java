package io.w7s.sdk.queue;

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
 * @param type what a message body is
 * @param <T> what a message body is
 */
public record QueueRef<T>(AppId app, String name, String consumer, TypeRef<T> type) {

  /**
   * Checks the name and the path.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when one of them is not valid
   */
  public QueueRef {
    name = Names.queue("queue name", name);
    consumer = Names.path("queue consumer", consumer);
  }

  /** Returns this queue, consumed at a path of its own, as its manifest says. */
  public QueueRef<T> consumer(String path) {
    return new QueueRef<>(app, name, path, type);
  }

  /** Returns {@code owner/repo/name}. */
  @Override
  public String toString() {
    return app + "/" + name;
  }
}
