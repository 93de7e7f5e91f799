package io.w7s.sdk.spring.internal.actuator;

import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.store.event.OutboxEntry;
import java.util.LinkedHashMap;
import java.util.Map;

/** Asks how far the readers and the outbox of an event store are behind. */
public final class StoreProbe {

  private StoreProbe() {}

  /** Returns the probe. It writes nothing. */
  public static Probe of(ExistingBeans beans) {
    return new Probe("store", () -> ask(beans));
  }

  private static Map<String, Object> ask(ExistingBeans beans) {
    var details = new LinkedHashMap<String, Object>();
    for (EventStore events : beans.of(EventStore.class)) {
      details.put(
          "oldestOpenTransaction",
          events.oldestOpenTransaction().map(open -> open.age().toString()).orElse("none"));
    }
    for (Outbox outbox : beans.of(Outbox.class)) {
      details.put("unsent", outbox.count(OutboxEntry.State.READY));
      details.put("parked", outbox.count(OutboxEntry.State.PARKED));
      outbox.list(OutboxEntry.State.READY, 1, 0).stream()
          .findFirst()
          .ifPresent(oldest -> details.put("oldestUnsent", oldest.appendedAt().toString()));
    }
    return details;
  }
}
