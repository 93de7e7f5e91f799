package io.w7s.sdk.event;

import io.w7s.sdk.Caller;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.Set;

/**
 * Remembers which subscribers have which event, so that publishing an event again delivers only
 * what is missing. What is not remembered any longer is delivered again: delivery is at least once.
 * Implementations are thread-safe; they may block.
 */
public interface DeliveredEvents {

  /**
   * Returns the subscribers that have an event.
   *
   * @param publisher the app that published it, and its environment
   * @param id the event's id, unique for the publisher
   * @return empty for an event that is not known; later changes do not show in it
   */
  Set<Subscriber> subscribers(Caller publisher, String id);

  /** Remembers that a subscriber's queue has taken an event. */
  void add(Caller publisher, String id, Subscriber subscriber);

  /** Returns a memory of this process: the last 10,000 events, each for an hour. */
  static DeliveredEvents inMemory(TimeSource time) {
    return inMemory(time, 10_000, Duration.ofHours(1));
  }

  /**
   * Returns a memory of this process.
   *
   * @param events the most events that it remembers; at least 1, and more push out the oldest
   * @param age how long it remembers an event, counted from its first delivery; positive
   */
  static DeliveredEvents inMemory(TimeSource time, int events, Duration age) {
    return new RecentEvents(time, events, age);
  }
}
