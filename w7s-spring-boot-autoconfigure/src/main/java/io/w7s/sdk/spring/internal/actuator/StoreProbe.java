package io.w7s.sdk.spring.internal.actuator;

import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.store.event.OutboxEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Asks how far the readers and the outbox of each event store are behind. */
public final class StoreProbe {

  private StoreProbe() {}

  /** Returns the probe. It writes nothing. */
  public static Probe of(ExistingBeans beans) {
    return new Probe("store", () -> ask(beans));
  }

  private static Map<String, Object> ask(ExistingBeans beans) throws Probe.PartlyFailed {
    var details = new LinkedHashMap<String, Object>();
    var failed = new ArrayList<String>();
    beans.of(EventStore.class).forEach((name, each) -> put(details, failed, name, () -> ask(each)));
    beans.of(Outbox.class).forEach((name, each) -> put(details, failed, name, () -> ask(each)));
    if (!failed.isEmpty()) {
      throw new Probe.PartlyFailed(details, String.join(", ", failed));
    }
    return details;
  }

  /** Puts what a bean says under its name, or its error; the others are asked all the same. */
  private static void put(
      Map<String, Object> details,
      List<String> failed,
      String name,
      Supplier<Map<String, Object>> bean) {
    try {
      details.put(name, bean.get());
    } catch (RuntimeException failure) {
      String reason = Probe.reason(failure);
      details.put(name, Map.of("error", reason));
      failed.add(name + ": " + reason);
    }
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
