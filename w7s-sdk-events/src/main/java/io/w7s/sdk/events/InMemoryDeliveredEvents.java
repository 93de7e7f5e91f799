package io.w7s.sdk.events;

import io.w7s.sdk.Caller;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Remembers a bounded number of events, in the order of their first deliveries. */
final class InMemoryDeliveredEvents implements DeliveredEvents {

  /** The subscribers that have an event; a list, because most events have few. */
  private record Delivered(Duration since, List<Subscriber> subscribers) {}

  private final Map<EventKey, Delivered> events = new LinkedHashMap<>();
  private final TimeSource time;
  private final int maxEvents;
  private final Duration maxAge;

  InMemoryDeliveredEvents(TimeSource time, int maxEvents, Duration maxAge) {
    if (maxEvents < 1) {
      throw new InvalidInputException("remembered events", String.valueOf(maxEvents), "at least 1");
    }
    if (maxAge.isNegative() || maxAge.isZero()) {
      throw new InvalidInputException("age of remembered events", maxAge.toString(), "positive");
    }
    this.time = time;
    this.maxEvents = maxEvents;
    this.maxAge = maxAge;
  }

  @Override
  public synchronized Set<Subscriber> subscribers(Caller publisher, String id) {
    Delivered event = events.get(new EventKey(publisher, id));
    return event == null || isTooOld(event) ? Set.of() : Set.copyOf(event.subscribers());
  }

  @Override
  public synchronized void add(Caller publisher, String id, Subscriber subscriber) {
    var key = new EventKey(publisher, id);
    Delivered event = events.get(key);
    if (event == null || isTooOld(event)) {
      events.remove(key);
      makeRoom();
      event = new Delivered(time.elapsed(), new ArrayList<>(4));
      events.put(key, event);
    }
    event.subscribers().add(subscriber);
  }

  private void makeRoom() {
    Iterator<Delivered> oldest = events.values().iterator();
    while (oldest.hasNext() && (isTooOld(oldest.next()) || events.size() >= maxEvents)) {
      oldest.remove();
    }
  }

  private boolean isTooOld(Delivered event) {
    return time.elapsed().minus(event.since()).compareTo(maxAge) >= 0;
  }
}
