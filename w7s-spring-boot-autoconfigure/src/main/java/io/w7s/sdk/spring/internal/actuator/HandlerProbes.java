package io.w7s.sdk.spring.internal.actuator;

import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.step.RunStatus;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Probes of what the handlers of the app have left. */
final class HandlerProbes {

  private HandlerProbes() {}

  /** Asks how many messages of each queue are parked and held, in the store that is a bean. */
  static Probe parked(ExistingBeans beans) {
    return new Probe(
        "parked",
        () -> {
          var queues = new LinkedHashMap<String, Object>();
          ParkedMessages store = beans.first(ParkedMessages.class).orElse(null);
          W7sApp app = beans.first(W7sApp.class).orElse(null);
          if (store != null && app != null) {
            for (Manifest.Queue queue : app.manifest().queues()) {
              String id = app.id() + "/" + queue.name();
              queues.put(
                  queue.name(),
                  Map.of(
                      "parked", store.count(id, ParkedMessage.State.PARKED),
                      "held", store.count(id, ParkedMessage.State.HELD)));
            }
          }
          return queues;
        });
  }

  /** Asks how many durable runs are in each state but complete, of which there may be many. */
  static Probe runs(ExistingBeans beans) {
    return new Probe(
        "runs",
        () -> {
          var states = new LinkedHashMap<String, Object>();
          W7sApp app = beans.first(W7sApp.class).orElse(null);
          if (app != null && app.hasDurableWorkflows()) {
            app.runs()
                .count(EnumSet.complementOf(EnumSet.of(RunStatus.State.COMPLETE)))
                .forEach((state, runs) -> states.put(state.name().toLowerCase(Locale.ROOT), runs));
          }
          return states;
        });
  }
}
