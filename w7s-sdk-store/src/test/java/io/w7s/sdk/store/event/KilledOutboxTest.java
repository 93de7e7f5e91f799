package io.w7s.sdk.store.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.testing.InMemoryW7s;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/**
 * A process that stores an order with its message and its event and sends them dies at every access
 * to the database. Whatever was committed is sent, and nothing else.
 */
class KilledOutboxTest {

  record Order(String id) {}

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Order> JOBS = WORKER.queue("jobs", Order.class);
  private static final SubjectRef<Order> CREATED = SubjectRef.of("orders.created", Order.class);

  /** There are some 30 accesses. */
  private static final int MOST_ACCESSES = 200;

  @TempDir private Path directory;

  private final InMemoryW7s memory = InMemoryW7s.create();
  private final W7s shop = memory.as("acme/shop");
  private final List<String> handled = new ArrayList<>();

  @Test
  void onPostgresqlWhatWasCommittedIsSent() throws Exception {
    try (var postgres = Databases.startPostgres()) {
      diesAtEveryAccess(postgres.getPostgresDatabase());
    }
  }

  @Test
  void onSqliteWhatWasCommittedIsSent() throws Exception {
    var sqlite = new SQLiteDataSource();
    sqlite.setUrl("jdbc:sqlite:" + directory.resolve("w7s.db") + "?journal_mode=WAL");
    diesAtEveryAccess(sqlite);
  }

  @Test
  void onH2WhatWasCommittedIsSent() throws Exception {
    var h2 = new JdbcDataSource();
    h2.setUrl("jdbc:h2:mem:outbox;DB_CLOSE_DELAY=-1");
    diesAtEveryAccess(h2);
  }

  private void diesAtEveryAccess(DataSource database) throws SQLException {
    memory.deploy(W7sApp.builder(SHOP).publishes(CREATED).build());
    memory.deploy(
        W7sApp.builder(WORKER)
            .on(JOBS, message -> handled.add("job " + message.body().id()))
            .on(CREATED, "events", event -> handled.add("event " + event.data().id()))
            .build());
    StoreSchema.migrate(database);
    Sql.execute(database, "CREATE TABLE orders (id varchar(50) PRIMARY KEY)");
    int deaths = 0;
    for (int access = 1; access < MOST_ACCESSES; access++) {
      for (boolean afterwards : new boolean[] {false, true}) {
        var dying = new DyingDataSource(database, access, afterwards);
        String order = access + (afterwards ? "after" : "before");
        try {
          live(dying, order);
        } catch (DyingDataSource.Killed expected) {
          deaths++;
        }
        dying.end();
        if (!dying.isDead()) {
          assertThat(deaths).as("deaths").isGreaterThan(20);
          checkAll(database);
          return;
        }
        recover(database);
      }
    }
    throw new AssertionError("more than " + MOST_ACCESSES + " accesses");
  }

  /** What the process does. */
  private void live(DataSource database, String order) {
    Outbox outbox = Outbox.builder(EventStore.of(database), shop).build();
    outbox.inTransaction(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement("INSERT INTO orders (id) VALUES (?)")) {
            insert.setString(1, order);
            insert.executeUpdate();
          }
          outbox.send(
              connection, JOBS, new Order(order), it -> it.id("job " + order).inOrderOf("all"));
          outbox.publish(
              connection,
              CREATED,
              new Order(order),
              it -> it.id("event " + order).stream(order).attribute("order", order));
        });
    outbox.dispatch();
    memory.runUntilIdle();
    outbox.confirm("acme/worker/jobs", List.of("job " + order));
  }

  /** Another process comes when the leases have ended. */
  private void recover(DataSource database) throws SQLException {
    Sql.execute(database, "UPDATE w7s_outbox SET due_at = 1 WHERE due_at < 9000000000000000000");
    Outbox.builder(EventStore.of(database), shop).build().dispatch();
    memory.runUntilIdle();
  }

  private void checkAll(DataSource database) throws SQLException {
    EventStore events = EventStore.of(database);
    List<String> orders = Sql.texts(database, "SELECT id FROM orders");

    assertThat(Sql.texts(database, "SELECT event_id FROM w7s_outbox")).isEmpty();
    assertThat(events.stream(EventQuery.all()).map(StoredEvent::id))
        .containsExactlyInAnyOrderElementsOf(
            orders.stream().flatMap(id -> List.of("job " + id, "event " + id).stream()).toList());
    for (String order : orders) {
      assertThat(handled).contains("job " + order, "event " + order);
      assertThat(events.count(EventQuery.all().attribute("order", order))).isEqualTo(1);
    }
    assertThat(handled).allMatch(it -> orders.contains(it.substring(it.indexOf(' ') + 1)));
  }
}
