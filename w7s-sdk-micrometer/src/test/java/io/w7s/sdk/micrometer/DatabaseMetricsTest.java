package io.w7s.sdk.micrometer;

import static io.w7s.sdk.micrometer.Shop.CHECKOUT;
import static io.w7s.sdk.micrometer.Shop.CREATED;
import static io.w7s.sdk.micrometer.Shop.JOBS;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.store.workflow.JdbcStepLog;
import io.w7s.sdk.testing.Fault;
import io.w7s.sdk.testing.InMemoryW7s;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The meters that are read from a database. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DatabaseMetricsTest {

  private final JdbcDataSource h2 = new JdbcDataSource();
  private volatile boolean down;

  /** A database that can be down. */
  private final DataSource database =
      (DataSource)
          Proxy.newProxyInstance(
              DataSource.class.getClassLoader(),
              new Class<?>[] {DataSource.class},
              (proxy, method, arguments) -> {
                if (down) {
                  throw new SQLNonTransientConnectionException("connection refused");
                }
                return method.invoke(h2, arguments);
              });

  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final InMemoryW7s platform = InMemoryW7s.create();
  private Connection open;

  @BeforeEach
  void migrate() throws SQLException {
    h2.setURL("jdbc:h2:mem:" + UUID.randomUUID());
    open = database.getConnection(); // keeps it
    StoreSchema.migrate(database);
    clock.add(Duration.between(Instant.ofEpochMilli(clock.wallTime()), Instant.now()));
  }

  @AfterEach
  void close() throws SQLException {
    open.close();
  }

  /** Returns what a gauge shows; a busy machine may need more than 200 ms for it. */
  private double value(String name, String... tags) {
    Gauge gauge = registry.get(name).tags(tags).gauge();
    double value = gauge.value();
    while (Double.isNaN(value) && !down) {
      Thread.onSpinWait();
      value = gauge.value();
    }
    return value;
  }

  @Test
  void theOutboxShowsWhatWaitsAndWhatIsParked() {
    EventStore events = EventStore.of(database);
    try (Outbox outbox = Outbox.builder(events, platform.as("acme/shop")).attempts(1).build()) {
      new OutboxMetrics(outbox).bindTo(registry);
      assertThat(value("w7s.outbox.messages", "w7s.state", "ready")).isZero();
      assertThat(value("w7s.outbox.age")).isZero();

      platform.faults().add(Fault.refuse(400));
      outbox.send(JOBS, "parked", message -> {});
      outbox.dispatch();
      outbox.publish(CREATED, "ready", event -> {});
      outbox.publish(CREATED, "ready too", event -> {});
      clock.add(Duration.ofMinutes(2));

      assertThat(value("w7s.outbox.messages", "w7s.state", "ready")).isEqualTo(2);
      assertThat(value("w7s.outbox.messages", "w7s.state", "parked")).isEqualTo(1);
      assertThat(value("w7s.outbox.age")).isBetween(60.0, 180.0);
      assertThat(value("w7s.outbox.unconfirmed")).isZero();
    }
  }

  @Test
  void withoutAnOpenTransactionItsAgeIsZero() throws SQLException {
    EventStore events = EventStore.of(database);
    new EventStoreMetrics(events).bindTo(registry);

    assertThat(value("w7s.events.transaction.age")).isZero();
  }

  @Test
  void runsAreShownByTheirState() {
    StepsHandler<String, String> body =
        (run, steps) -> {
          if (run.payload().equals("bad")) {
            throw Reject.permanently("no");
          }
          steps.sleep("long", Duration.ofDays(1));
          return "done";
        };
    W7sApp app =
        W7sApp.builder(Shop.WORKER)
            .steps(JdbcStepLog.of(database, platform.time()))
            .on(CHECKOUT, body)
            .build();
    platform.deploy(app);
    new WorkflowRunMetrics(app.runs()).bindTo(registry);
    platform.as("acme/worker").workflows().start(CHECKOUT, "good");
    platform.as("acme/worker").workflows().start(CHECKOUT, "good");
    platform.as("acme/worker").workflows().start(CHECKOUT, "bad");
    platform.advance(Duration.ofMinutes(1));

    assertThat(value("w7s.workflow.runs", "w7s.state", "waiting")).isEqualTo(2);
    assertThat(value("w7s.workflow.runs", "w7s.state", "failed")).isEqualTo(1);
    assertThat(value("w7s.workflow.runs", "w7s.state", "running")).isZero();
    assertThat(value("w7s.workflow.runs", "w7s.state", "cancelled")).isZero();
  }

  @Test
  void aDatabaseThatIsDownHasNoValues() {
    EventStore events = EventStore.of(database);
    try (Outbox outbox = Outbox.builder(events, platform.as("acme/shop")).build()) {
      new OutboxMetrics(outbox).bindTo(registry);
      new EventStoreMetrics(events).bindTo(registry);
      new WorkflowRunMetrics(io.w7s.sdk.app.WorkflowRuns.of(JdbcStepLog.of(database), CHECKOUT))
          .bindTo(registry);
      down = true;

      assertThat(registry.getMeters())
          .hasSize(9)
          .allSatisfy(meter -> assertThat(((Gauge) meter).value()).as("%s", meter.getId()).isNaN());
    }
  }
}
