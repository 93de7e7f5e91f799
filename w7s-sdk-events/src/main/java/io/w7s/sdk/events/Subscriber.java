package io.w7s.sdk.events;

import io.w7s.sdk.AppId;
import io.w7s.sdk.internal.text.Names;
import java.util.Comparator;

/**
 * A queue that subscribes to a subject. Ordered by app and queue, which is the order of deliveries.
 * Immutable.
 *
 * @param app the app that declares the queue
 * @param queue the queue's name, in lower case
 * @param consumer the path that consumes the queue, for senders that have no platform
 */
public record Subscriber(AppId app, String queue, String consumer)
    implements Comparable<Subscriber> {

  private static final Comparator<Subscriber> ORDER =
      Comparator.comparing((Subscriber subscriber) -> subscriber.app().owner())
          .thenComparing(subscriber -> subscriber.app().repo())
          .thenComparing(Subscriber::queue)
          .thenComparing(Subscriber::consumer);

  /**
   * Checks the name and the path.
   *
   * @throws io.w7s.sdk.error.InvalidInputException when one of them is not valid
   */
  public Subscriber {
    queue = Names.queue("queue name", queue);
    consumer = Names.path("queue consumer", consumer);
  }

  /**
   * Returns a queue that is consumed at the platform's default path.
   *
   * @param app the app, {@code owner/repo}
   * @throws io.w7s.sdk.error.InvalidInputException when the app or the name is not valid
   */
  public static Subscriber of(String app, String queue) {
    String name = Names.queue("queue name", queue);
    return new Subscriber(AppId.parse(app), name, Names.defaultQueuePath(name));
  }

  @Override
  public int compareTo(Subscriber other) {
    return ORDER.compare(this, other);
  }

  /** Returns {@code owner/repo/queue}. */
  @Override
  public String toString() {
    return app + "/" + queue;
  }
}
