package io.w7s.sdk.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.HandlerInterceptor;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.micrometer.W7sMetrics;
import io.w7s.sdk.micrometer.W7sObservations;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.WorkflowHandler;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.workflow.WorkflowRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.h2.Driver;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

class W7sObservationAutoConfigurationTest {

  private static final QueueRef<String> ORDERS =
      AppRef.of("acme/shop").queue("orders", String.class);

  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  CompositeMeterRegistryAutoConfiguration.class,
                  MetricsAutoConfiguration.class,
                  ObservationAutoConfiguration.class,
                  DataSourceAutoConfiguration.class,
                  W7sAutoConfiguration.class,
                  W7sStoreAutoConfiguration.class,
                  W7sConsumerAutoConfiguration.class,
                  W7sObservationAutoConfiguration.class))
          .withPropertyValues(
              "w7s.app=acme/shop",
              "w7s.mode=local",
              "w7s.consumers.path=",
              "spring.datasource.generate-unique-name=true");

  private final ApplicationContextRunner withMeters =
      context.withBean(SimpleMeterRegistry.class, SimpleMeterRegistry::new);

  @Configuration(proxyBeanMethods = false)
  static class Handlers {

    final List<String> handled = new ArrayList<>();

    @QueueHandler("orders")
    void place(String order) {
      handled.add(order);
    }
  }

  private static Set<String> meters(MeterRegistry registry) {
    return registry.getMeters().stream()
        .map(Meter::getId)
        .map(Meter.Id::getName)
        .filter(name -> name.startsWith("w7s."))
        .collect(Collectors.toSet());
  }

  @Test
  void callsAndHandlersAreObserved() {
    InMemoryW7s platform = InMemoryW7s.create();
    try (InMemoryW7s.Scope current = platform.makeCurrent()) {
      withMeters
          .withPropertyValues("w7s.mode=memory")
          .withUserConfiguration(Handlers.class)
          .run(
              started -> {
                platform.deploy(started.getBean(W7sApp.class));
                started.getBean(QueueClient.class).send(ORDERS, "x");
                platform.runUntilIdle();

                MeterRegistry registry = started.getBean(MeterRegistry.class);
                assertThat(started.getBean(Handlers.class).handled).containsExactly("x");
                assertThat(registry.get("w7s.send").tag("w7s.outcome", "success").timer().count())
                    .isEqualTo(1);
                assertThat(registry.get("w7s.process").tag("w7s.handler", "orders").timer().count())
                    .isEqualTo(1);
              });
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnInterceptor {

    final List<String> current = new ArrayList<>();

    @Bean
    HandlerInterceptor look(ObservationRegistry registry) {
      return handler -> {
        current.add(registry.getCurrentObservation().getContextView().getName());
        handler.proceed();
      };
    }
  }

  @Test
  void theInterceptorsOfTheApplicationAreInsideOfTheObservation() {
    InMemoryW7s platform = InMemoryW7s.create();
    try (InMemoryW7s.Scope current = platform.makeCurrent()) {
      withMeters
          .withPropertyValues("w7s.mode=memory")
          .withUserConfiguration(OwnInterceptor.class, Handlers.class)
          .run(
              started -> {
                platform.deploy(started.getBean(W7sApp.class));
                platform.deliver(ORDERS, "x");

                assertThat(started.getBean(OwnInterceptor.class).current)
                    .containsExactly("w7s.process");
              });
    }
  }

  @Test
  void itCanBeTurnedOff() {
    withMeters
        .withPropertyValues("w7s.observations.enabled=false")
        .run(
            started ->
                assertThat(started)
                    .doesNotHaveBean(W7sObservations.class)
                    .doesNotHaveBean(W7sMetrics.class)
                    .hasSingleBean(W7s.class));
  }

  @Test
  void withoutTheModuleNothingIsObserved() {
    withMeters
        .withClassLoader(new FilteredClassLoader("io.w7s.sdk.micrometer"))
        .run(
            started ->
                assertThat(started)
                    .hasNotFailed()
                    .doesNotHaveBean("w7sObservations")
                    .hasSingleBean(W7s.class));
  }

  @Test
  void withoutRegistriesNothingIsObserved() {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                W7sAutoConfiguration.class, W7sObservationAutoConfiguration.class))
        .withPropertyValues("w7s.app=acme/shop", "w7s.mode=local")
        .run(
            started ->
                assertThat(started)
                    .hasNotFailed()
                    .doesNotHaveBean(W7sObservations.class)
                    .doesNotHaveBean(W7sMetrics.class));
  }

  @Test
  void withoutTheStoreItsMetersAreNotThere() {
    withMeters
        .withClassLoader(new FilteredClassLoader("io.w7s.sdk.store"))
        .run(started -> assertThat(started).hasNotFailed().hasSingleBean(W7sMetrics.class));
  }

  @Configuration(proxyBeanMethods = false)
  static class WithOutbox {

    @Bean
    Outbox outbox(EventStore events, W7s w7s) {
      return Outbox.builder(events, w7s).build();
    }

    @WorkflowHandler("refund")
    String refund(WorkflowRun<String> run, Steps steps) {
      return "done";
    }
  }

  @Test
  void anOutboxAndDurableWorkflowsHaveTheirMeters() {
    withMeters
        .withUserConfiguration(WithOutbox.class)
        .run(
            started ->
                assertThat(meters(started.getBean(MeterRegistry.class)))
                    .containsExactlyInAnyOrder(
                        "w7s.outbox.messages",
                        "w7s.outbox.age",
                        "w7s.outbox.unconfirmed",
                        "w7s.events.transaction.age",
                        "w7s.workflow.runs"));
  }

  @Configuration(proxyBeanMethods = false)
  static class WithTwoOutboxes {

    @Bean
    Outbox second(EventStore events, W7s w7s) {
      return Outbox.builder(events, w7s).build();
    }
  }

  @Test
  void eachOutboxHasMetersOfItsOwn() {
    withMeters
        .withUserConfiguration(WithOutbox.class, WithTwoOutboxes.class)
        .run(
            started ->
                assertThat(
                        started.getBean(MeterRegistry.class).get("w7s.outbox.age").meters().stream()
                            .map(meter -> meter.getId().getTag("w7s.bean")))
                    .containsExactlyInAnyOrder("outbox", "second"));
  }

  @Configuration(proxyBeanMethods = false)
  static class WithLazyOutbox {

    @Bean
    @Lazy
    Outbox outbox(EventStore events, W7s w7s) {
      return Outbox.builder(events, w7s).build();
    }
  }

  private static Predicate<ConfigurableListableBeanFactory> thereIs(String bean) {
    return beans -> beans.containsSingleton(bean);
  }

  @Test
  void aLazyOutboxIsNotCreatedForItsMetersAndHasThemWhenItIs() {
    withMeters
        .withUserConfiguration(WithLazyOutbox.class)
        .run(
            started -> {
              MeterRegistry registry = started.getBean(MeterRegistry.class);
              assertThat(started.getSourceApplicationContext().getBeanFactory())
                  .matches(thereIs("outbox").negate())
                  .matches(thereIs("w7sTables").negate());
              assertThat(meters(registry)).isEmpty();

              started.getBean(Outbox.class);

              assertThat(meters(registry))
                  .contains("w7s.outbox.messages", "w7s.events.transaction.age");
            });
  }

  @Test
  void metersAreBoundAlsoWhereAllBeansAreLazy() {
    withMeters
        .withInitializer(
            context ->
                context.addBeanFactoryPostProcessor(
                    new LazyInitializationBeanFactoryPostProcessor()))
        .withUserConfiguration(WithOutbox.class)
        .run(
            started -> {
              started.getBean(Outbox.class);

              assertThat(meters(started.getBean(MeterRegistry.class)))
                  .contains("w7s.outbox.age", "w7s.workflow.runs");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class WithOutboxOnAStoreThatIsNoBean {

    @Bean
    Outbox outbox(W7s w7s) {
      DataSource other = new SimpleDriverDataSource(new Driver(), "jdbc:h2:mem:other");
      return Outbox.builder(EventStore.builder(other).build(), w7s).build();
    }
  }

  @Test
  void noEventStoreIsCreatedBecauseThereIsAnOutbox() {
    withMeters
        .withUserConfiguration(WithOutboxOnAStoreThatIsNoBean.class)
        .run(
            started -> {
              assertThat(meters(started.getBean(MeterRegistry.class)))
                  .contains("w7s.outbox.age")
                  .doesNotContain("w7s.events.transaction.age");
              assertThat(started.getSourceApplicationContext().getBeanFactory())
                  .matches(thereIs("w7sTables").negate());
            });
  }

  @Test
  void aStoreThatNobodyUsesIsNotAskedFor() {
    withMeters.run(
        started -> {
          assertThat(meters(started.getBean(MeterRegistry.class))).isEmpty();
          assertThat(started.getSourceApplicationContext().getBeanFactory())
              .matches(beans -> !beans.containsSingleton("w7sTables"));
        });
  }

  @Configuration(proxyBeanMethods = false)
  static class Own {

    static final W7sObservations OBSERVATIONS = W7sObservations.of(ObservationRegistry.create());

    @Bean
    W7sObservations ownObservations() {
      return OBSERVATIONS;
    }
  }

  @Test
  void theApplicationsOwnObservationsTakeTheirPlace() {
    withMeters
        .withUserConfiguration(Own.class)
        .run(
            started ->
                assertThat(started.getBean(W7sObservations.class)).isSameAs(Own.OBSERVATIONS));
  }
}
