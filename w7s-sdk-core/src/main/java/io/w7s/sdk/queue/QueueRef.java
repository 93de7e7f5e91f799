package io.w7s.sdk.queue;

import io.w7s.sdk.AppId;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import org.jspecify.annotations.Nullable;

/**
 * A queue: its name and what its messages are, declared once and used to send, to consume and to
 * assert. Immutable.
 *
 * @param app the app that declares the queue; null for the app's own
 * @param name the queue's name, in lower case
 * @param consumer the path that consumes it, {@code /_w7s/queues/<name>} unless the manifest says
 *     otherwise
 * @param type what a message body is
 * @param <T> what a message body is
 */
public record QueueRef<T>(@Nullable AppId app, String name, String consumer, TypeRef<T> type) {

  /** Checks the name and the path. */
  public QueueRef {
    name = Names.queue("queue name", name);
    consumer = Names.path("queue consumer", consumer);
  }

  /**
   * Returns a queue of another app.
   *
   * @param app the app, {@code owner/repo}
   * @throws InvalidInputException when the app or the name is not one
   */
  public static <T> QueueRef<T> of(String app, String name, Class<T> type) {
    return of(app, name, TypeRef.of(type));
  }

  /** Returns a queue of another app whose messages have a generic type. */
  public static <T> QueueRef<T> of(String app, String name, TypeRef<T> type) {
    return new QueueRef<>(AppId.parse(app), name, defaultConsumer(name), type);
  }

  /** Returns a queue of the app's own. */
  public static <T> QueueRef<T> of(String name, Class<T> type) {
    return of(name, TypeRef.of(type));
  }

  /** Returns a queue of the app's own whose messages have a generic type. */
  public static <T> QueueRef<T> of(String name, TypeRef<T> type) {
    return new QueueRef<>(null, name, defaultConsumer(name), type);
  }

  /** Returns this queue, consumed at a path of its own, as its manifest says. */
  public QueueRef<T> consumer(String path) {
    return new QueueRef<>(app, name, path, type);
  }

  private static String defaultConsumer(String name) {
    return Names.defaultQueuePath(Names.queue("queue name", name));
  }

  /** Returns {@code owner/repo/name}, or the name alone for the app's own queue. */
  @Override
  public String toString() {
    return app == null ? name : app + "/" + name;
  }
}
