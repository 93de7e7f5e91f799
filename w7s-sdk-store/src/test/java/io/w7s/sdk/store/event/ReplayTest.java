package io.w7s.sdk.store.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.store.ChildJvm;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.Sql;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.testing.InMemoryW7s;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplayTest {

  record Created(String order) {}

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Created> JOBS = WORKER.queue("jobs", Created.class);
  private static final Instant NOON = Instant.parse("2026-11-27T12:00:00Z");

  /** As many as are replayed in a JVM with little memory; a million with {@code -Dw7s.replayed}. */
  private static final int MANY = Integer.getInteger("w7s.replayed", 200_000);

  private final String run = UUID.randomUUID().toString();
  private final SubjectRef<Created> created = SubjectRef.of("orders." + run, Created.class);
  private final EventQuery mine = EventQuery.all().subject(created);

  private EventStore filled(Databases database, int count) {
    EventStore events = EventStore.of(database.dataSource());
    events.appendAll(
        batch -> {
          for (int i = 0; i < count; i++) {
            int number = i;
            batch.add(
                created,
                new Created("o" + number),
                event -> event.id(number + run).time(NOON.plusSeconds(number)).stream(run));
          }
        });
    return events;
  }

  @ParameterizedTest
  @EnumSource
  void handsTheEventsOfAQueryToAHandlerInTheirOrder(Databases database) {
    EventStore events = filled(database, 250);
    var seen = new ArrayList<String>();

    Replay replay = Replay.of(events, mine.from(NOON.plusSeconds(10)).to(NOON.plusSeconds(240)));
    long counted = replay.count();
    long replayed = replay.toHandler(event -> seen.add(event.data(Created.class).order()));

    assertThat(counted).isEqualTo(230);
    assertThat(replayed).isEqualTo(230);
    assertThat(seen).hasSize(230).startsWith("o10").endsWith("o239").doesNotHaveDuplicates();
    assertThat(Replay.of(events, EventQuery.all().id("7" + run)).count()).isEqualTo(1);
    assertThat(Replay.of(events, EventQuery.all().stream(run)).count()).isEqualTo(250);
  }

  @ParameterizedTest
  @EnumSource
  void goesOnWhereItsHandlerFailed(Databases database) {
    EventStore events = filled(database, 250);
    Replay replay = Replay.of(events, mine).named("repair " + run);
    var seen = new ArrayList<String>();

    assertThatThrownBy(
            () ->
                replay.toHandler(
                    event -> {
                      if (event.id().equals("123" + run)) {
                        throw new java.io.IOException("down");
                      }
                      seen.add(event.id());
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("123" + run)
        .hasRootCauseMessage("down");
    assertThat(seen).hasSize(123);
    assertThat(replay.count()).isEqualTo(127);

    assertThat(replay.toHandler(event -> seen.add(event.id()))).isEqualTo(250);

    assertThat(seen).hasSize(250).doesNotHaveDuplicates();
    assertThat(replay.count()).as("it begins anew").isEqualTo(250);
  }

  @Test
  void sendsToAQueueOrToOneSubscriber() {
    EventStore events = filled(Databases.H2, 3);
    InMemoryW7s memory = InMemoryW7s.create();
    W7s shop = memory.as("acme/shop");
    var handled = new ArrayList<String>();
    memory.deploy(W7sApp.builder(SHOP).publishes(created).build());
    memory.deploy(
        W7sApp.builder(WORKER)
            .on(JOBS, message -> handled.add("job " + message.body().order()))
            .on(created, "events", event -> handled.add("event " + event.data().order()))
            .build());
    memory.deploy(
        W7sApp.builder(AppRef.of("acme/mailer"))
            .on(created, "mails", event -> handled.add("mail"))
            .build());

    assertThat(Replay.of(events, mine).toQueue(JOBS, shop.queues())).isEqualTo(3);
    memory.runUntilIdle();
    assertThat(handled).containsExactlyInAnyOrder("job o0", "job o1", "job o2");

    handled.clear();
    Replay.of(events, mine).toSubscriber("acme/worker/events", shop.events());
    Replay.of(events, mine).toSubscriber("acme/worker/events", shop.events());
    memory.runUntilIdle();
    assertThat(handled).hasSize(6).contains("event o0", "event o1").doesNotContain("mail");

    assertThatThrownBy(
            () -> Replay.of(events, mine).toSubscriber("acme/nobody/events", shop.events()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("acme/nobody/events");
  }

  @Test
  void takesItsTime() {
    InMemoryW7s memory = InMemoryW7s.create();
    filled(Databases.H2, 11);
    EventStore events = EventStore.builder(Databases.H2.dataSource()).time(memory.time()).build();
    Duration before = memory.time().elapsed();

    Replay.of(events, mine).perSecond(2).toHandler(event -> {});

    assertThat(memory.time().elapsed().minus(before)).isEqualTo(Duration.ofSeconds(5));
    assertThatThrownBy(() -> Replay.of(events, mine).perSecond(0))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Replay.of(events, mine).perSecond(Double.NaN))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> Replay.of(events, mine).named(""))
        .isInstanceOf(InvalidInputException.class);
  }

  /** A process with a heap of 64 MB is killed in the middle, and another one goes on. */
  @Test
  void needsLittleMemoryAndGoesOnAfterADeath() throws Exception {
    try (var postgres = Databases.startPostgres();
        HikariDataSource pool = Databases.pool(postgres.getJdbcUrl("postgres", "postgres"))) {
      StoreSchema.migrate(pool);
      Sql.execute(
          pool,
          "INSERT INTO w7s_event (id, position, subject, happened_at, body) SELECT 'e' || i, i,"
              + " 'orders.created', i, convert_to('{\"order\":\"' || repeat('x', 200) || '\"}',"
              + " 'UTF8') FROM generate_series(1, "
              + MANY
              + ") i");
      Sql.execute(pool, "SELECT setval('w7s_event_positions', " + MANY + ")");
      Sql.execute(pool, "CREATE TABLE replayed (id text NOT NULL)");

      Process first = replay(pool);
      while (Sql.number(pool, "SELECT count(*) FROM replayed") < MANY / 4) {
        assertThat(first.isAlive()).isTrue();
        Thread.onSpinWait();
      }
      first.destroyForcibly().waitFor();
      long before = Sql.number(pool, "SELECT count(*) FROM replayed");
      assertThat(before).isLessThan(MANY);

      assertThat(replay(pool).waitFor()).isZero();

      assertThat(Sql.number(pool, "SELECT count(DISTINCT id) FROM replayed")).isEqualTo(MANY);
      assertThat(Sql.number(pool, "SELECT count(*) FROM replayed") - MANY)
          .as("events that were replayed twice")
          .isBetween(0L, (long) Replay.PAGE);
    }
  }

  private static Process replay(HikariDataSource pool) throws Exception {
    return ChildJvm.start(List.of("-Xmx64m"), ReplayProcess.class, pool.getJdbcUrl());
  }
}
