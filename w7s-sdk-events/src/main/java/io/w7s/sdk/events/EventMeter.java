package io.w7s.sdk.events;

import io.w7s.sdk.Caller;

/**
 * Counts what a router does, and can set a limit to it. Called on the thread that publishes, or on
 * the one that has the news of a delivery. Implementations are thread-safe.
 */
public interface EventMeter {

  /** Counts nothing and sets no limit. */
  EventMeter NONE = new EventMeter() {};

  /**
   * Called once for each publish, also a repeated one, when the publisher has the permission and
   * nothing has been delivered yet. The platform calls this {@code event.publish}. To throw is to
   * refuse the event: no subscriber gets it, and the publisher gets the exception.
   */
  default void publish(Caller publisher, String subject) {}

  /**
   * Called when a subscriber's queue has taken an event, and not for one that it had already. The
   * platform calls this {@code event.delivery}. An exception is logged and changes nothing.
   */
  default void delivered(Caller publisher, String subject, Subscriber to) {}
}
