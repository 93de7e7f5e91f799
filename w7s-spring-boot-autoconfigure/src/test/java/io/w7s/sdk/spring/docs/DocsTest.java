package io.w7s.sdk.spring.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.okhttp.Guide;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spring.autoconfigure.W7sAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sConsumerAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sStoreAutoConfiguration;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.store.event.EventQuery;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.testing.InMemoryW7s;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The code of the guide compiles and runs. */
class DocsTest {

  private static final Path HERE = Path.of("src/test/java/io/w7s/sdk/spring/docs");
  private static final Path TEST_OF_SHOP =
      Path.of("../w7s-spring-boot-test/src/test/java/io/w7s/sdk/spring/test/shop/PackingTest.java");
  private static final AppRef SHOP = AppRef.of("acme/shop");

  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  DataSourceAutoConfiguration.class,
                  W7sAutoConfiguration.class,
                  W7sStoreAutoConfiguration.class,
                  W7sConsumerAutoConfiguration.class))
          .withPropertyValues(
              "w7s.app=acme/shop",
              "w7s.mode=memory",
              "spring.datasource.generate-unique-name=true");

  @Configuration(proxyBeanMethods = false)
  static class Log {
    @Bean
    StepLog log(TimeSource time) {
      return StepLog.inMemory(time);
    }
  }

  @Test
  void theGuideShowsCompiledCodeOnly() throws Exception {
    List<String> compiled = new ArrayList<>();
    for (String example : List.of("Orders", "Security", "ReactiveSecurity")) {
      compiled.addAll(Guide.compiled(HERE.resolve(example + ".java")));
    }
    compiled.addAll(Guide.compiled(TEST_OF_SHOP));

    assertThat(Guide.shown(Path.of("../docs/spring.md")))
        .containsExactlyInAnyOrderElementsOf(compiled);
  }

  @Test
  void theHandlersOfTheGuideHandle() {
    InMemoryW7s platform = InMemoryW7s.create();
    QueueRef<Orders.Order> orders = SHOP.queue("orders", Orders.Order.class);
    try (InMemoryW7s.Scope current = platform.makeCurrent()) {
      context
          .withUserConfiguration(Log.class, Orders.Reliable.class)
          .withBean(Orders.OrderHandlers.class)
          .withBean(Orders.Checkout.class)
          .run(
              started -> {
                platform.deploy(started.getBean(W7sApp.class));
                platform.deploy(
                    W7sApp.builder(AppRef.of("acme/mailer"))
                        .on(Orders.Mailer.MAILS, mail -> {})
                        .build());
                platform.as("acme/shop").queues().send(orders, new Orders.Order("o1", 5));
                platform.fire("acme/shop", ScheduleRef.of("0 3 * * *", "/nightly"));
                started.getBean(Orders.Checkout.class).confirm(new Orders.Order("o2", 5));
                platform.runUntilIdle();

                assertThat(started.getBean(Orders.OrderHandlers.class).seen)
                    .containsExactly("report of 2026-01-01T00:00:00Z", "placed o1");
                assertThat(
                        platform
                            .as("acme/other")
                            .rpc()
                            .call(
                                SHOP.get("/orders/{id}", Orders.Order.class),
                                null,
                                call -> call.variable("id", "o3")))
                    .isEqualTo(new Orders.Order("o3", 100));
              });
    }
  }

  @Test
  void theOutboxOfTheGuideTakesPartInTheTransaction() {
    try (InMemoryW7s.Scope current = InMemoryW7s.create().makeCurrent()) {
      context
          .withUserConfiguration(Orders.WithOutbox.class)
          .withBean(Orders.Placing.class)
          .run(
              started -> {
                var transaction =
                    new TransactionTemplate(
                        new DataSourceTransactionManager(started.getBean(DataSource.class)));
                for (boolean rollback : new boolean[] {true, false}) {
                  transaction.executeWithoutResult(
                      status -> {
                        try {
                          started
                              .getBean(Orders.Placing.class)
                              .place(new Orders.Order("o" + rollback, 1));
                        } catch (SQLException e) {
                          throw new AssertionError(e);
                        }
                        if (rollback) {
                          status.setRollbackOnly();
                        }
                      });
                }

                assertThat(started.getBean(EventStore.class).count(EventQuery.all())).isOne();
              });
    }
  }

  @Test
  void theSecretOfTheGuideComesFromTheVault() {
    List<String> asked = new ArrayList<>();
    Orders.Vault vault =
        name -> {
          asked.add(name);
          return SigningSecrets.generate();
        };
    context
        .withPropertyValues("w7s.mode=local")
        .withUserConfiguration(Orders.FromVault.class)
        .withBean(Orders.Vault.class, () -> vault)
        .run(
            started -> {
              assertThat(started.getBean(W7sConfig.class).bridgeSecrets()).isPresent();
              assertThat(asked).containsExactly("w7s-bridge");
            });
  }
}
