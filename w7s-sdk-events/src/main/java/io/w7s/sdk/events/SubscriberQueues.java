package io.w7s.sdk.events;

import io.w7s.sdk.Caller;
import java.util.concurrent.CompletionStage;

/**
 * Puts messages on the queues of subscribers. A router asks for all subscribers of an event before
 * it waits for any of them.
 *
 * <p>An implementation checks what the router cannot know: that the subscriber's {@code
 * queue.allow} lets the publisher in, that the queue exists, that the platform's limits hold.
 * Implementations are thread-safe.
 */
@FunctionalInterface
public interface SubscriberQueues {

  /**
   * Puts a message on a subscriber's queue. To throw is to fail.
   *
   * @param to the subscriber
   * @param publisher the app that published the event
   * @param message the body of the queue message, JSON in UTF-8; the same array for all subscribers
   *     of an event, so it must not be changed
   * @return a stage that completes, with any value, once the queue has the message; it fails when
   *     the queue does not have it, and then the publisher is told the message of the failure. It
   *     must complete at some time. A stage that is complete already costs nothing, and may be the
   *     same every time
   */
  CompletionStage<?> enqueue(Subscriber to, Caller publisher, byte[] message);
}
