package io.w7s.sdk.spring.internal.actuator;

import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.store.event.OutboxEntry;
import java.util.LinkedHashMap;
import java.util.Map;

/** Asks how far the readers and the outbox of each event store are behind. */
public final class StoreProbe {

  private StoreProbe() {}

  /** Returns the probe. It writes nothing. */
  public static Probe of(ExistingBeans beans) {
    return new Probe("store", () -> ask(beans));
  }

  private static Map<String, Object> ask(ExistingBeans beans) {
    var details = new LinkedHashMap<String, Object>();
    beans.of(EventStore.class).forEach((name, events) -> details.put(name, ask(events)));
    beans.of(Outbox.class).forEach((name, outbox) -> details.put(name, ask(outbox)));
    return details;
  }

  private static Map<String, Object> ask(EventStore events) {
    return Map.of(
        "oldestOpenTransaction",
        events.oldestOpenTransaction().map(open -> open.age().toString()).orElse("none"));
  }

  private static Map<String, Object> ask(Outbox outbox) {
    var backlog = new LinkedHashMap<String, Object>();
    backlog.put("unsent", outbox.count(OutboxEntry.State.READY));
    backlog.put("parked", outbox.count(OutboxEntry.State.PARKED));
    outbox.list(OutboxEntry.State.READY, 1, 0).stream()
        .findFirst()
        .ifPresent(oldest -> backlog.put("oldestUnsent", oldest.appendedAt().toString()));
    return backlog;
  }
}
