package io.w7s.sdk.spring.actuator;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spring.EventHandler;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.ScheduleHandler;
import io.w7s.sdk.spring.W7sAppCustomizer;
import io.w7s.sdk.spring.WorkflowHandler;
import io.w7s.sdk.spring.autoconfigure.W7sActuatorAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sConsumerAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sStoreAutoConfiguration;
import io.w7s.sdk.spring.internal.actuator.W7sEndpoint;
import io.w7s.sdk.spring.internal.actuator.W7sHealthIndicator;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import tools.jackson.databind.json.JsonMapper;

/** What Actuator shows, also while what it asks hangs. */
@Timeout(60) // of hanging, not of being slow
class ActuatorTest {

  private static final String CANARY = "canary-in-the-coal-mine";

  record Order(String id) {}

  static class Handlers {
    @QueueHandler("orders")
    void place(Order order) {
      throw Reject.permanently("no");
    }

    @EventHandler(subject = "payments.received", queue = "events")
    void paid(Order order) {}

    @ScheduleHandler(cron = "0 3 * * *", path = "/nightly")
    void nightly() {}

    @WorkflowHandler("refund")
    String refund(Order order, Steps steps) {
      steps.sleep("wait", Duration.ofDays(3));
      return "refunded";
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Consumers {
    @Bean
    Handlers handlers() {
      return new Handlers();
    }

    @Bean
    ParkedMessages parked() {
      return ParkedMessages.inMemory();
    }

    @Bean
    StepLog log(TimeSource time) {
      return StepLog.inMemory(time);
    }

    @Bean
    W7sAppCustomizer reliable(ParkedMessages parked, TimeSource time) {
      return app ->
          app.publishes(SubjectRef.of("orders.placed", Order.class))
              .consumption(
                  each -> each.once(ProcessedMessages.inMemory(100_000, time)).park(parked));
    }
  }

  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  EndpointAutoConfiguration.class,
                  W7sAutoConfiguration.class,
                  W7sStoreAutoConfiguration.class,
                  W7sConsumerAutoConfiguration.class,
                  W7sActuatorAutoConfiguration.class))
          .withPropertyValues("w7s.app=acme/shop", "management.endpoints.web.exposure.include=w7s");

  @Test
  void theEndpointShowsTheAppAndWhatItHasLeft() {
    InMemoryW7s platform = InMemoryW7s.create();
    QueueRef<Order> orders = AppRef.of("acme/shop").queue("orders", Order.class);
    WorkflowRef<Order, String> refund =
        AppRef.of("acme/shop").workflow("refund", Order.class, String.class);
    try (InMemoryW7s.Scope current = platform.makeCurrent()) {
      context
          .withPropertyValues("w7s.mode=memory")
          .withUserConfiguration(Consumers.class)
          .run(
              started -> {
                platform.deploy(started.getBean(W7sApp.class));
                platform.as("acme/website").queues().send(orders, new Order("o1"));
                platform.as("acme/website").workflows().start(refund, new Order("o1"));
                platform.advance(Duration.ofMinutes(1));

                W7sEndpoint.Topology shown = started.getBean(W7sEndpoint.class).topology();

                assertThat(shown.app()).isEqualTo("acme/shop");
                assertThat(shown.mode()).isEqualTo("memory");
                assertThat(shown.handlers())
                    .contains(
                        new W7sEndpoint.Handled(
                            "queue", "orders", "POST", "/_w7s/queues/orders", false));
                assertThat(shown.subscribes()).containsOnlyKeys("events");
                assertThat(shown.publishes()).containsExactly("orders.placed");
                assertThat(shown.schedules().get("/nightly")).containsExactly("0 3 * * *");
                assertThat(shown.limits().get("queues")).isEqualTo(new W7sEndpoint.Limit(2, 2));
                assertThat(shown.stores().get("parked"))
                    .containsEntry("orders", Map.of("parked", 1L, "held", 0L));
                assertThat(shown.stores().get("runs"))
                    .containsEntry("waiting", 1L)
                    .containsEntry("failed", 0L);
              });
    }
  }

  /** A database that hangs when it is told to, and whose failures tell its password. */
  private static final class Hanging extends AbstractDataSource {

    private final DataSource source =
        new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:actuator;DB_CLOSE_DELAY=-1");
    volatile CountDownLatch hangs = new CountDownLatch(0);
    volatile boolean fails;

    @Override
    public Connection getConnection() throws SQLException {
      try {
        hangs.await();
      } catch (InterruptedException e) {
        throw new SQLException(e);
      }
      if (fails) {
        throw new SQLException("cannot connect with password=" + CANARY);
      }
      return source.getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return getConnection();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class WithOutbox {
    @Bean
    Hanging database() {
      return new Hanging();
    }

    @Bean
    Outbox outbox(EventStore events, W7s w7s) {
      return Outbox.builder(events, w7s).build();
    }
  }

  /** Asks until there is a response. The first may come too late to be shown, on a busy machine. */
  private static Health health(ApplicationContext started) {
    Health health;
    do {
      health = started.getBean(W7sHealthIndicator.class).health();
    } while (health.getDetails().toString().contains("no response "));
    return health;
  }

  private static long probeThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("w7s-probe-store"))
        .count();
  }

  @Test
  void aDatabaseThatHangsTakesNoMoreThanOneThreadHoweverOftenItIsAsked() {
    context
        .withPropertyValues("w7s.mode=local")
        .withUserConfiguration(WithOutbox.class)
        .run(
            started -> {
              W7sHealthIndicator health = started.getBean(W7sHealthIndicator.class);
              Hanging database = started.getBean(Hanging.class);
              database.hangs = new CountDownLatch(1);
              try {
                for (int i = 0; i < 2; i++) {
                  Health hanging = health.health();
                  assertThat(hanging.getStatus()).isEqualTo(Status.DOWN);
                  assertThat(hanging.getDetails().toString()).contains("no response ");
                  assertThat(
                          started
                              .getBean(W7sEndpoint.class)
                              .topology()
                              .stores()
                              .get("store")
                              .toString())
                      .contains("no response ");
                  assertThat(probeThreads()).isOne();
                }
              } finally {
                database.hangs.countDown();
              }
              assertThat(health(started).getStatus()).isEqualTo(Status.UP);
            });
  }

  @Test
  void theHealthShowsHowFarTheOutboxIsBehind() {
    context
        .withPropertyValues("w7s.mode=local")
        .withUserConfiguration(WithOutbox.class)
        .run(
            started -> {
              started
                  .getBean(Outbox.class)
                  .inTransaction(
                      connection ->
                          started
                              .getBean(Outbox.class)
                              .send(
                                  connection,
                                  AppRef.of("acme/mailer").queue("mails", Order.class),
                                  new Order("o1"),
                                  message -> {}));

              Health health = health(started);

              assertThat(health.getDetails().get("store").toString())
                  .contains(
                      "unsent=1", "parked=0", "oldestUnsent=20", "oldestOpenTransaction=none");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class WithTwoOutboxes {
    @Bean
    Outbox second(EventStore events, W7s w7s) {
      return Outbox.builder(events, w7s).build();
    }
  }

  @Test
  void theHealthShowsEachOutboxAndEventStoreUnderTheNameOfItsBean() {
    context
        .withPropertyValues("w7s.mode=local")
        .withUserConfiguration(WithOutbox.class, WithTwoOutboxes.class)
        .run(
            started ->
                assertThat(health(started).getDetails().get("store"))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("w7sEventStore", Map.of("oldestOpenTransaction", "none"))
                    .containsKeys("outbox", "second"));
  }

  @Test
  void neitherTellsASecret() {
    String secret = SigningSecrets.generate();
    context
        .withPropertyValues(
            "w7s.mode=hosted", "w7s.bridge.url=http://127.0.0.1:1", "w7s.bridge.secret=" + secret)
        .withUserConfiguration(WithOutbox.class)
        .run(
            started -> {
              started.getBean(Hanging.class).fails = true;

              Health health = health(started);
              String shown =
                  JsonMapper.shared()
                          .writeValueAsString(started.getBean(W7sEndpoint.class).topology())
                      + health;

              assertThat(shown)
                  .contains("StoreException")
                  .doesNotContain(CANARY)
                  .doesNotContain(secret.substring("whsec_".length()));
            });
  }

  private ApplicationContextRunner hosted(ServerSocket bridge) {
    return context.withPropertyValues(
        "w7s.mode=hosted",
        "w7s.bridge.url=http://127.0.0.1:" + bridge.getLocalPort(),
        "w7s.bridge.secret=" + SigningSecrets.generate());
  }

  @Test
  void aBridgeThatSwallowsConnectionsIsDown() throws IOException {
    try (ServerSocket bridge = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      hosted(bridge)
          .run(
              started -> {
                Health health = started.getBean(W7sHealthIndicator.class).health();

                assertThat(health.getStatus()).isEqualTo(Status.DOWN);
                assertThat(health.getDetails()).containsOnlyKeys("bridge");
              });
    }
  }

  @Test
  void aBridgeThatRespondsTellsItsClock() throws IOException {
    try (ServerSocket bridge = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      var server = new Thread(() -> respondToAll(bridge));
      server.setDaemon(true);
      server.start();
      hosted(bridge)
          .run(
              started -> {
                Health health = health(started);

                assertThat(health.getStatus()).as("%s", health).isEqualTo(Status.UP);
                assertThat(health.getDetails().get("bridge").toString())
                    .contains("clockSkewSeconds=-7", "version=1.2");
              });
    }
  }

  /** Until it is closed. */
  private static void respondToAll(ServerSocket bridge) {
    String body = "{\"ok\":true,\"version\":\"1.2\",\"clockSkewSeconds\":-7}";
    while (!bridge.isClosed()) {
      try (Socket socket = bridge.accept()) {
        InputStream in = socket.getInputStream();
        var head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
          head.append((char) in.read());
        }
        socket
            .getOutputStream()
            .write(
                ("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-w7s-bridge: relayed\r\n"
                        + "content-length: %d\r\nconnection: close\r\n\r\n%s")
                    .formatted(body.length(), body)
                    .getBytes(StandardCharsets.US_ASCII));
      } catch (IOException closed) {
        // the bridge or its client
      }
    }
  }

  @Test
  void nothingIsCreatedToBeShown() {
    context
        .withPropertyValues("w7s.mode=local")
        .withBean(Hanging.class, Hanging::new)
        .run(
            started -> {
              started.getBean(Hanging.class).fails = true;

              assertThat(health(started).getDetails()).isEmpty();
              assertThat(started.getBean(W7sEndpoint.class).topology().stores()).isEmpty();
            });
  }

  /** Imports it by its name, as Spring Boot does, so that its annotations need not be loaded. */
  static class ByName implements ImportSelector {
    @Override
    public String[] selectImports(AnnotationMetadata importing) {
      return new String[] {"io.w7s.sdk.spring.autoconfigure.W7sActuatorAutoConfiguration"};
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(ByName.class)
  static class ActuatorByName {}

  private static ApplicationContextRunner without(FilteredClassLoader loader) {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(W7sAutoConfiguration.class, W7sConsumerAutoConfiguration.class))
        .withUserConfiguration(ActuatorByName.class)
        .withPropertyValues(
            "w7s.app=acme/shop", "w7s.mode=local", "management.endpoints.web.exposure.include=w7s")
        .withClassLoader(loader);
  }

  @Test
  void withoutTheOptionalModulesEachPartIsLeftOut() {
    without(
            new FilteredClassLoader(
                "org.springframework.boot.actuate", "org.springframework.boot.health"))
        .run(
            started ->
                assertThat(started)
                    .doesNotHaveBean(W7sEndpoint.class)
                    .doesNotHaveBean(W7sHealthIndicator.class));
    without(new FilteredClassLoader("org.springframework.boot.health"))
        .run(
            started ->
                assertThat(started)
                    .hasSingleBean(W7sEndpoint.class)
                    .doesNotHaveBean(W7sHealthIndicator.class));
    without(new FilteredClassLoader("org.springframework.boot.actuate"))
        .withConfiguration(AutoConfigurations.of(W7sStoreAutoConfiguration.class))
        .withUserConfiguration(WithOutbox.class)
        .run(
            started ->
                assertThat(started)
                    .doesNotHaveBean(W7sEndpoint.class)
                    .satisfies(
                        context ->
                            assertThat(health(context).getDetails()).containsOnlyKeys("store")));
    without(new FilteredClassLoader(StoreSchema.class, Bridge.class))
        .run(
            started ->
                assertThat(started.getBean(W7sHealthIndicator.class).health())
                    .isEqualTo(Health.up().build()));
  }

  @Test
  void theEndpointIsThereWhereItIsExposedOnly() {
    context
        .withPropertyValues("w7s.mode=local", "management.endpoints.web.exposure.include=health")
        .run(started -> assertThat(started).doesNotHaveBean(W7sEndpoint.class));
    context
        .withPropertyValues("w7s.mode=local", "management.health.w7s.enabled=false")
        .run(started -> assertThat(started).doesNotHaveBean(W7sHealthIndicator.class));
  }
}
