package io.w7s.sdk.event;

import io.w7s.sdk.Caller;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A bounded memory; the oldest event is first in it. */
final class RecentEvents implements DeliveredEvents {

  private record Remembered(Duration since, Set<Subscriber> subscribers) {}

  private final Map<EventKey, Remembered> events = new LinkedHashMap<>();
  private final TimeSource time;
  private final int most;
  private final Duration age;

  RecentEvents(TimeSource time, int most, Duration age) {
    if (most < 1) {
      throw new InvalidInputException("remembered events", String.valueOf(most), "at least 1");
    }
    if (age.isNegative() || age.isZero()) {
      throw new InvalidInputException("age of remembered events", age.toString(), "positive");
    }
    this.time = time;
    this.most = most;
    this.age = age;
  }

  @Override
  public synchronized Set<Subscriber> subscribers(Caller publisher, String id) {
    Remembered event = events.get(new EventKey(publisher, id));
    return event == null || isOver(event) ? Set.of() : Set.copyOf(event.subscribers());
  }

  @Override
  public synchronized void add(Caller publisher, String id, Subscriber subscriber) {
    var key = new EventKey(publisher, id);
    Remembered event = events.get(key);
    if (event == null || isOver(event)) {
      events.remove(key);
      makeRoom();
      event = new Remembered(time.elapsed(), new HashSet<>());
      events.put(key, event);
    }
    event.subscribers().add(subscriber);
  }

  private void makeRoom() {
    Iterator<Remembered> oldest = events.values().iterator();
    while (oldest.hasNext() && (isOver(oldest.next()) || events.size() >= most)) {
      oldest.remove();
    }
  }

  private boolean isOver(Remembered event) {
    return time.elapsed().minus(event.since()).compareTo(age) >= 0;
  }
}
