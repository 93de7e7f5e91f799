package io.w7s.sdk.events;

import io.w7s.sdk.Caller;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers a bounded number of events, in two generations: when the younger one is full, it
 * becomes the older one, which is forgotten as a whole. That is faster than to forget one event for
 * each new one.
 */
final class InMemoryDeliveredEvents implements DeliveredEvents {

  /** The subscribers that have an event; a list, because most events have few. */
  private record Delivered(Duration since, List<Subscriber> subscribers) {}

  private final TimeSource time;
  private final int generationSize;
  private final Duration maxAge;
  private Map<EventKey, Delivered> younger = new HashMap<>();
  private Map<EventKey, Delivered> older = Map.of();

  /** The event that was looked up last: its deliveries come one after the other. */
  private @Nullable EventKey lastKey;

  private @Nullable Delivered last;

  InMemoryDeliveredEvents(TimeSource time, int minEvents, Duration maxAge) {
    if (minEvents < 1) {
      throw new InvalidInputException("remembered events", String.valueOf(minEvents), "at least 1");
    }
    if (maxAge.isNegative() || maxAge.isZero()) {
      throw new InvalidInputException("age of remembered events", maxAge.toString(), "positive");
    }
    this.time = time;
    this.generationSize = minEvents;
    this.maxAge = maxAge;
  }

  @Override
  public synchronized Set<Subscriber> subscribers(Caller publisher, String id) {
    Delivered event = find(publisher, id);
    return event == null ? Set.of() : Set.copyOf(event.subscribers());
  }

  @Override
  public synchronized void add(Caller publisher, String id, Subscriber subscriber) {
    Delivered event = find(publisher, id);
    if (event == null) {
      event = new Delivered(time.elapsed(), new ArrayList<>(4));
      if (younger.size() == generationSize) {
        older = younger;
        younger = new HashMap<>(older.size() * 2);
      }
      younger.put(new EventKey(publisher, id), event);
      last = event;
    }
    event.subscribers().add(subscriber);
  }

  private @Nullable Delivered find(Caller publisher, String id) {
    EventKey key = lastKey;
    if (key == null || !key.id().equals(id) || !key.publisher().equals(publisher)) {
      key = new EventKey(publisher, id);
      lastKey = key;
      last = younger.get(key);
      if (last == null) {
        last = older.get(key);
      }
    }
    Delivered event = last;
    boolean tooOld = event != null && time.elapsed().minus(event.since()).compareTo(maxAge) >= 0;
    return tooOld ? null : event;
  }
}
