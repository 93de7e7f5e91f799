package io.w7s.sdk.events;

import io.w7s.sdk.Caller;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.Set;

/**
 * Remembers which subscribers have which event, so that a publish that is repeated delivers only
 * what is missing. What is forgotten is delivered again: delivery is at least once. Implementations
 * are thread-safe; they may block.
 */
public interface DeliveredEvents {

  /**
   * Returns the subscribers that have an event.
   *
   * @param publisher the app that published it, and its environment
   * @param id the event's id, unique for the publisher
   * @return a set that later changes do not show in; empty for an unknown event
   */
  Set<Subscriber> subscribers(Caller publisher, String id);

  /** Remembers that a subscriber's queue has taken an event. */
  void add(Caller publisher, String id, Subscriber subscriber);

  /**
   * Returns a memory that ends with the process: of at least the last 10,000 events, each for an
   * hour.
   */
  static DeliveredEvents inMemory(TimeSource time) {
    return inMemory(time, 10_000, Duration.ofHours(1));
  }

  /**
   * Returns a memory that ends with the process.
   *
   * @param events how many of the last events it remembers at least, 1 or more; it remembers twice
   *     as many at most
   * @param age how long it remembers an event at most, counted from the first delivery; positive
   * @throws io.w7s.sdk.error.InvalidInputException when one of them is out of range
   */
  static DeliveredEvents inMemory(TimeSource time, int events, Duration age) {
    return new InMemoryDeliveredEvents(time, events, age);
  }
}
