package io.w7s.sdk.store.guide;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.okhttp.Guide;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.store.JdbcProcessedMessages;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.contract.EventStoreContract;
import io.w7s.sdk.store.event.EventQuery;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.store.event.OutboxEntry;
import io.w7s.sdk.store.event.ParkedHead;
import io.w7s.sdk.store.event.Replay;
import io.w7s.sdk.store.event.SentMessage;
import io.w7s.sdk.store.event.StoredEvent;
import io.w7s.sdk.store.event.VersionConflictException;
import io.w7s.sdk.testing.InMemoryW7s;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** docs/durable-events.md shows code that compiles and runs, and no other. */
class DurableEventsGuideTest {

  record Order(String id, String customer) {}

  record Packing(String id, String orderId) {}

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final AppRef WAREHOUSE = AppRef.of("acme/warehouse");
  private static final QueueRef<Packing> PACKING = WAREHOUSE.queue("packing", Packing.class);
  private static final SubjectRef<Order> ORDER_PLACED = SubjectRef.of("orders.placed", Order.class);
  private static final SubjectRef<Order> ORDER_PAID = SubjectRef.of("orders.paid", Order.class);
  private static final String INSERT = "INSERT INTO orders (id) VALUES (?)";

  private final Order order = new Order("o-1", "ann");
  private final Packing packing = new Packing("packing o-1", "o-1");
  private final List<String> handled = new ArrayList<>();
  private final InMemoryW7s memory = InMemoryW7s.create();
  private final W7s w7s = memory.as("acme/shop");
  private HikariDataSource dataSource;
  private long savedPosition = EventStore.START;

  @BeforeEach
  void connect() throws SQLException {
    dataSource = new HikariDataSource();
    dataSource.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID());
    StoreSchema.migrate(dataSource);
    try (Connection connection = dataSource.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE orders (id varchar(50) PRIMARY KEY)");
    }
    memory.deploy(W7sApp.builder(SHOP).publishes(ORDER_PLACED).build());
  }

  @AfterEach
  void disconnect() {
    dataSource.close();
  }

  @Test
  void showsWhatIsCompiledAndNoOtherJava() throws IOException {
    Path code = Path.of("src/test/java/io/w7s/sdk/store/guide/DurableEventsGuideTest.java");

    assertThat(Guide.shown(Path.of("../docs/durable-events.md")))
        .containsExactlyInAnyOrderElementsOf(Guide.compiled(code));
  }

  @Test
  void sendsWhatWasCommitted() {
    // [outbox]
    StoreSchema.migrate(dataSource);
    EventStore events = EventStore.of(dataSource);
    Outbox outbox = Outbox.builder(events, w7s).build();
    outbox.start();
    // [outbox]
    outbox.close(); // from here on the test says when something is sent
    deployWarehouse(W7sApp.builder(WAREHOUSE));
    // [transaction]
    outbox.inTransaction(
        connection -> {
          insert(connection, order);
          outbox.publish(
              connection,
              ORDER_PLACED,
              order,
              event -> event.stream(order.id()).attribute("customer", order.customer()));
          outbox.send(
              connection,
              PACKING,
              packing,
              message -> message.id(packing.id()).inOrderOf(order.customer()));
        });
    // [transaction]
    sendAll(outbox);

    assertThat(handled).containsExactlyInAnyOrder("pack o-1", "event o-1");
    assertThat(outbox.count(OutboxEntry.State.READY)).isZero();
  }

  @Test
  void isFoundAgain() {
    EventStore events = EventStore.of(dataSource);
    Instant yesterday = Instant.now().minus(ofDays(1));
    events.append(
        ORDER_PLACED,
        order,
        event -> event.stream(order.id()).attribute("customer", order.customer()));
    // [append]
    events.append(ORDER_PAID, order, event -> event.stream(order.id()).expectedVersion(1));
    // [append]
    assertThatThrownBy(
            () ->
                events.append(
                    ORDER_PAID, order, event -> event.stream(order.id()).expectedVersion(1)))
        .isInstanceOf(VersionConflictException.class);
    // [audit]
    List<StoredEvent> ofOrder = events.stream(EventQuery.all().stream("o-1")).toList();

    EventQuery ofAnn = EventQuery.all().attribute("customer", "ann").from(yesterday);
    List<StoredEvent> firstPage = events.read(ofAnn, EventStore.START, 50);
    // [audit]
    assertThat(ofOrder)
        .extracting(StoredEvent::subject)
        .containsExactly("orders.placed", "orders.paid");
    assertThat(firstPage).extracting(StoredEvent::subject).containsExactly("orders.placed");

    readOn(events);
    readOn(events);
    assertThat(handled).containsExactly("orders.placed", "orders.paid");
  }

  private void readOn(EventStore events) {
    // [cursor]
    List<StoredEvent> page = events.read(EventQuery.all(), savedPosition, 100);
    for (StoredEvent event : page) {
      project(event);
      savedPosition = event.position();
    }
    // [cursor]
  }

  @Test
  void sendsAfterTheCommitOfAnother() throws SQLException {
    EventStore events = EventStore.of(dataSource);
    try (Outbox outbox = Outbox.builder(events, w7s).build()) {
      deployWarehouse(W7sApp.builder(WAREHOUSE));
      // [caller]
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        insert(connection, order);
        outbox.publish(connection, ORDER_PLACED, order, event -> event.stream(order.id()));
        connection.commit();
      }
      outbox.wake();
      // [caller]
      sendAll(outbox);
    }
    assertThat(handled).containsExactly("event o-1");
  }

  @Test
  void parksWhatCannotBeSent() {
    EventStore events = EventStore.of(dataSource);
    Outbox outbox =
        // [settings]
        Outbox.builder(events, w7s)
            .attempts(12) // then it is parked; about half an hour with the default backoff
            .onPark(ParkedHead.HOLD) // what is behind it with the same key waits
            .confirmWithin(ofMinutes(10))
            .build();
    // [settings]
    outbox.send(PACKING, new Packing("x".repeat(70_000), "o-1"), it -> it.id("packing-o-1"));
    outbox.dispatch();
    assertThat(outbox.count(OutboxEntry.State.PARKED)).isEqualTo(1);
    // [parked]
    for (OutboxEntry entry : outbox.list(OutboxEntry.State.PARKED, 100, 0)) {
      System.out.println(entry); // what, where to, how often it was tried, and why not
      outbox.sendAgain(entry); // or drop(entry)
    }
    // [parked]
    assertThat(outbox.count(OutboxEntry.State.READY)).isEqualTo(1);
  }

  @Test
  void consumersConfirm() {
    EventStore events = EventStore.of(dataSource);
    JdbcProcessedMessages processed = JdbcProcessedMessages.of(dataSource);
    Outbox outbox = Outbox.builder(events, w7s).confirmWithin(ofMinutes(10)).build();
    deployWarehouse(
        W7sApp.builder(WAREHOUSE)
            // [confirm]
            .consumption(
                PACKING,
                each ->
                    each.once(processed, message -> message.body().id())
                        .confirm(Outbox.confirmations(events)))
            .consumption(
                "events", each -> each.once(processed).confirm(Outbox.confirmations(events)))
        // [confirm]
        );
    outbox.send(PACKING, packing, message -> message.id(packing.id()));
    outbox.publish(ORDER_PLACED, order, event -> event.id("placed o-1"));
    sendAll(outbox);

    assertThat(handled).containsExactlyInAnyOrder("pack o-1", "event o-1");
    assertThat(outbox.sent(packing.id()).get(0).confirmedAt()).isPresent();
    assertThat(outbox.sent("placed o-1").get(0).confirmedAt()).isPresent();
    // [watch]
    long parked = outbox.count(OutboxEntry.State.PARKED); // somebody has to look at these
    List<OutboxEntry> oldest =
        outbox.list(OutboxEntry.State.READY, 1, 0); // its appendedAt() says how late it is
    List<SentMessage> missing = outbox.unconfirmed(100); // what was sent again is here, too
    // [watch]
    assertThat(parked).isZero();
    assertThat(oldest).isEmpty();
    assertThat(missing).isEmpty();
    purge(events, outbox, Instant.now().plusSeconds(60));
    assertThat(events.count(EventQuery.all())).isZero();
    assertThat(outbox.sent(packing.id())).isEmpty();
  }

  private static void purge(EventStore events, Outbox outbox, Instant aYearAgo) {
    // [retention]
    while (events.purge(aYearAgo) > 0) {
      // at most 1,000 at once
    }
    while (outbox.purgeSent(aYearAgo) > 0) {
      // likewise
    }
    // [retention]
  }

  @Test
  void replays() {
    EventStore events = EventStore.of(dataSource);
    Instant yesterday = Instant.now().minus(ofDays(1));
    events.append(ORDER_PLACED, order);
    deployWarehouse(W7sApp.builder(WAREHOUSE));
    // [replay]
    Replay replay =
        Replay.of(events, EventQuery.all().subject(ORDER_PLACED).from(yesterday))
            .named("orders of yesterday") // goes on where it was when its process dies
            .perSecond(50);

    long dryRun = replay.count();
    long replayed = replay.toSubscriber("acme/warehouse/events", w7s.events());
    // [replay]
    memory.runUntilIdle();

    assertThat(dryRun).isEqualTo(1);
    assertThat(replayed).isEqualTo(1);
    assertThat(handled).containsExactly("event o-1");
  }

  @Test
  void usersTestTheirDatabase() {
    // [contract]
    class EventStoreOnOurDatabaseTest extends EventStoreContract {
      @Override
      protected DataSource dataSource() {
        return OurDatabase.dataSource();
      }
    }
    // [contract]
    assertThat(EventStore.of(new EventStoreOnOurDatabaseTest().dataSource()).lastPosition())
        .isZero();
  }

  private static final class OurDatabase {

    static DataSource dataSource() {
      var h2 = new JdbcDataSource();
      h2.setUrl("jdbc:h2:mem:ours;DB_CLOSE_DELAY=-1");
      StoreSchema.migrate(h2);
      return h2;
    }
  }

  private void deployWarehouse(W7sApp.Builder warehouse) {
    memory.deploy(
        warehouse
            .on(PACKING, message -> handled.add("pack " + message.body().orderId()))
            .on(ORDER_PLACED, "events", event -> handled.add("event " + event.data().id()))
            .build());
  }

  private void sendAll(Outbox outbox) {
    outbox.dispatch();
    memory.runUntilIdle();
  }

  private void project(StoredEvent event) {
    handled.add(event.subject());
  }

  private static void insert(Connection connection, Order order) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      statement.setString(1, order.id());
      statement.executeUpdate();
    }
  }
}
