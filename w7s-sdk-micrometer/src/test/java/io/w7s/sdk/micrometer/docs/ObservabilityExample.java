package io.w7s.sdk.micrometer.docs;

import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.micrometer.DefaultSendConvention;
import io.w7s.sdk.micrometer.EventStoreMetrics;
import io.w7s.sdk.micrometer.OutboxMetrics;
import io.w7s.sdk.micrometer.SendContext;
import io.w7s.sdk.micrometer.W7sMetrics;
import io.w7s.sdk.micrometer.W7sObservations;
import io.w7s.sdk.micrometer.WorkflowRunMetrics;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;

/** The code in the guide to metrics and traces. */
final class ObservabilityExample {

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<String> JOBS = WORKER.queue("jobs", String.class);

  private ObservabilityExample() {}

  private static void run(String job) {
    System.out.println(job);
  }

  static void register(
      W7sConfig config, ObservationRegistry observationRegistry, MeterRegistry meterRegistry) {
    // [register]
    W7sObservations observations = W7sObservations.of(observationRegistry);
    W7sMetrics metrics = W7sMetrics.of(meterRegistry);

    W7s w7s = W7s.builder(config).intercept(observations).intercept(metrics).build();
    W7sApp app =
        W7sApp.builder(WORKER)
            .intercept(observations)
            .intercept(metrics)
            .on(JOBS, message -> run(message.body()))
            .build();
    // [register]
    w7s.close();
    app.routes();
  }

  static W7sObservations conventions(ObservationRegistry observationRegistry) {
    // [conventions]
    W7sObservations renamed =
        W7sObservations.builder(observationRegistry)
            .sendConvention(
                new DefaultSendConvention() {
                  @Override
                  public KeyValues getLowCardinalityKeyValues(SendContext context) {
                    return super.getLowCardinalityKeyValues(context).and("team", "checkout");
                  }
                })
            .build();
    // [conventions]
    return renamed;
  }

  static void meters(MeterRegistry meterRegistry, Outbox outbox, EventStore events, W7sApp app) {
    // [meters]
    new OutboxMetrics(outbox).bindTo(meterRegistry);
    new EventStoreMetrics(events).bindTo(meterRegistry);
    new WorkflowRunMetrics(app.runs()).bindTo(meterRegistry);
    // [meters]
  }
}
