package io.w7s.sdk.event;

import io.w7s.sdk.Caller;
import java.util.concurrent.CompletionStage;

/**
 * The way from a router to the subscribers' queues. The router asks for all subscribers of an event
 * before it waits for any of them.
 *
 * <p>Whoever enqueues checks what the router cannot know: that the subscriber's {@code queue.allow}
 * lets the publisher in, that the queue is there, that the platform's limits hold.
 */
@FunctionalInterface
public interface EventOutlet {

  /**
   * Puts a message on a subscriber's queue.
   *
   * @param to the subscriber
   * @param publisher the app that published the event
   * @param message the queue message's body, JSON in UTF-8; the same array for all subscribers of
   *     an event, so nobody changes it
   * @return completes when the queue has the message, with whatever it likes; fails when the queue
   *     does not have it, and the failure's message is the reason that the publisher is told. It
   *     has to complete some time. Throwing is failing. A future that is complete already costs
   *     nothing, and may be the same every time
   */
  CompletionStage<?> enqueue(Subscriber to, Caller publisher, byte[] message);
}
