package io.w7s.sdk.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.micrometer.EventStoreMetrics;
import io.w7s.sdk.micrometer.OutboxMetrics;
import io.w7s.sdk.micrometer.W7sMetrics;
import io.w7s.sdk.micrometer.W7sObservations;
import io.w7s.sdk.micrometer.WorkflowRunMetrics;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * Observes calls and handlers in the application's own registries. The observations come before the
 * application's interceptors, so that what those do is inside of them.
 */
@AutoConfiguration(
    after = {W7sConsumerAutoConfiguration.class, W7sStoreAutoConfiguration.class},
    afterName = {
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
    })
@ConditionalOnClass({W7sObservations.class, MeterRegistry.class, ObservationRegistry.class})
@ConditionalOnBooleanProperty(name = "w7s.observations.enabled", matchIfMissing = true)
public final class W7sObservationAutoConfiguration {

  private static final int BEFORE_OTHERS = -1_000;

  W7sObservationAutoConfiguration() {}

  @Bean
  @Order(BEFORE_OTHERS)
  @ConditionalOnBean(ObservationRegistry.class)
  @ConditionalOnMissingBean
  static W7sObservations w7sObservations(ObservationRegistry registry) {
    return W7sObservations.of(registry);
  }

  /** The meters, for those who have a registry of them. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(MeterRegistry.class)
  static class Meters {

    @Bean
    @Order(BEFORE_OTHERS)
    @ConditionalOnMissingBean
    static W7sMetrics w7sMetrics(MeterRegistry registry) {
      return W7sMetrics.of(registry);
    }

    @Bean
    @ConditionalOnMissingBean(WorkflowRunMetrics.class)
    static BeanMeters<W7sApp> w7sWorkflowRunMetrics() {
      return new BeanMeters<>(
          W7sApp.class,
          (app, tags) ->
              registry -> {
                if (app.hasDurableWorkflows()) {
                  new WorkflowRunMetrics(app.runs(), tags).bindTo(registry);
                }
              });
    }
  }

  /** The meters of outboxes and event stores, for those who have some. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(Outbox.class)
  @ConditionalOnBean(MeterRegistry.class)
  static class StoreMeters {

    @Bean
    @ConditionalOnMissingBean(OutboxMetrics.class)
    static BeanMeters<Outbox> w7sOutboxMetrics() {
      return new BeanMeters<>(Outbox.class, OutboxMetrics::new);
    }

    @Bean
    @ConditionalOnMissingBean(EventStoreMetrics.class)
    static BeanMeters<EventStore> w7sEventStoreMetrics() {
      return new BeanMeters<>(EventStore.class, EventStoreMetrics::new);
    }
  }
}
