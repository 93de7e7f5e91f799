package io.w7s.sdk.store.event;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.JdbcProcessedMessages;
import io.w7s.sdk.testing.InMemoryW7s;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an outbox sends, on the three databases. */
class OutboxTest {

  record Job(String name) {}

  record Created(String order) {}

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Job> JOBS = WORKER.queue("jobs", Job.class);
  private static final SubjectRef<Created> CREATED = SubjectRef.of("orders.created", Created.class);

  private final InMemoryW7s memory = InMemoryW7s.create();
  private final W7s shop = memory.as("acme/shop");
  private final List<String> handled = new CopyOnWriteArrayList<>();

  @BeforeEach
  void deploys() {
    memory.deploy(W7sApp.builder(SHOP).publishes(CREATED).build());
    memory.deploy(
        W7sApp.builder(WORKER)
            .on(JOBS, message -> handled.add(message.body().name()))
            .on(CREATED, "events", event -> handled.add(event.id() + " " + event.data().order()))
            .build());
    memory.deploy(
        W7sApp.builder(AppRef.of("acme/mailer"))
            .on(CREATED, "mails", event -> handled.add("mail " + event.data().order()))
            .build());
  }

  @ParameterizedTest
  @EnumSource
  void sendsWhatWasCommittedAndNothingElse(Databases database) throws SQLException {
    EventStore events = EmptyStore.of(database);
    Outbox outbox = Outbox.builder(events, shop).build();
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      outbox.send(connection, JOBS, new Job("rolled back"), message -> {});
      connection.rollback();
      outbox.send(connection, JOBS, new Job("one"), message -> {});
      outbox.publish(connection, CREATED, new Created("o1"), event -> event.id("e1"));
      connection.commit();
      connection.setAutoCommit(true);
    }

    assertThat(outbox.dispatch()).isEqualTo(2);
    memory.runUntilIdle();

    assertThat(handled).containsExactlyInAnyOrder("one", "e1 o1", "mail o1");
    assertThat(outbox.count(OutboxEntry.State.READY)).isZero();
    assertThat(outbox.sent("e1"))
        .extracting(SentMessage::queue)
        .containsExactly("acme/mailer/mails", "acme/worker/events");
    assertThat(events.count(EventQuery.all())).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void theSameIdIsSentOnce(Databases database) throws SQLException {
    Outbox outbox = Outbox.builder(EmptyStore.of(database), shop).build();

    AppendReceipt first = outbox.send(JOBS, new Job("one"), message -> message.id("j1"));
    AppendReceipt again = outbox.send(JOBS, new Job("one"), message -> message.id("j1"));
    assertThatThrownBy(() -> outbox.send(JOBS, new Job("two"), message -> message.id("j1")))
        .isInstanceOf(IdConflictException.class);

    assertThat(again).isEqualTo(first);
    assertThat(outbox.dispatch()).isEqualTo(1);
    assertThat(outbox.dispatch()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void sendsTheMessagesOfAKeyInOrder(Databases database) throws SQLException {
    Outbox outbox = Outbox.builder(EmptyStore.of(database), shop).atOnce(100).build();
    for (int i = 0; i < 10; i++) {
      String name = i % 2 + "-" + i;
      String key = "key" + i % 2;
      outbox.send(JOBS, new Job(name), message -> message.inOrderOf(key));
    }

    outbox.dispatch();
    memory.runUntilIdle();

    assertThat(handled.stream().filter(name -> name.startsWith("0")))
        .containsExactly("0-0", "0-2", "0-4", "0-6", "0-8");
    assertThat(handled.stream().filter(name -> name.startsWith("1")))
        .containsExactly("1-1", "1-3", "1-5", "1-7", "1-9");
  }

  private static final QueueRef<Job> MISSING = AppRef.of("acme/missing").queue("jobs", Job.class);

  @ParameterizedTest
  @EnumSource
  void whatCannotBeSentIsParkedAndItsKeyGoesOn(Databases database) throws SQLException {
    Outbox outbox = Outbox.builder(EmptyStore.of(database), shop).attempts(1).build();
    outbox.send(MISSING, new Job("poison"), message -> message.id("p1").inOrderOf("key"));
    outbox.send(JOBS, new Job("next"), message -> message.inOrderOf("key"));
    outbox.send(JOBS, new Job("other"), message -> {});

    outbox.dispatch();
    memory.runUntilIdle();

    assertThat(handled).containsExactlyInAnyOrder("next", "other");
    List<OutboxEntry> parked = outbox.list(OutboxEntry.State.PARKED, 10, 0);
    assertThat(parked).hasSize(1);
    assertThat(parked.get(0).eventId()).isEqualTo("p1");
    assertThat(parked.get(0).target()).isEqualTo("acme/missing/jobs");
    assertThat(parked.get(0).attempts()).isEqualTo(1);
    assertThat(parked.get(0).reason()).hasValueSatisfying(it -> assertThat(it).contains("404"));
    assertThat(outbox.unsent("p1")).hasSize(1);

    memory.deploy(
        W7sApp.builder(AppRef.of("acme/missing"))
            .on(MISSING, message -> handled.add(message.body().name()))
            .build());
    assertThat(outbox.sendAgain(parked.get(0))).isTrue();
    outbox.dispatch();
    memory.runUntilIdle();
    assertThat(handled).contains("poison");
    assertThat(outbox.count(OutboxEntry.State.PARKED)).isZero();
    assertThat(outbox.sendAgain(parked.get(0))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void aParkedHeadHoldsItsKeyAloneWhereThatWasChosen(Databases database) throws SQLException {
    Outbox outbox =
        Outbox.builder(EmptyStore.of(database), shop).attempts(1).onPark(ParkedHead.HOLD).build();
    outbox.send(MISSING, new Job("poison"), message -> message.inOrderOf("key"));
    outbox.send(JOBS, new Job("behind"), message -> message.inOrderOf("key"));
    outbox.send(JOBS, new Job("other"), message -> message.inOrderOf("another key"));
    outbox.dispatch();
    memory.runUntilIdle();
    assertThat(handled).containsExactly("other");

    OutboxEntry parked = outbox.list(OutboxEntry.State.PARKED, 10, 0).get(0);
    assertThat(outbox.drop(parked)).isTrue();
    assertThat(outbox.drop(parked)).isFalse();
    outbox.dispatch();
    memory.runUntilIdle();
    assertThat(handled).containsExactly("other", "behind");
  }

  @ParameterizedTest
  @EnumSource
  void waitsBetweenAttempts(Databases database) throws SQLException {
    Outbox outbox =
        Outbox.builder(EmptyStore.of(database), shop)
            .backoff(new Backoff(ofSeconds(100), 2, ofSeconds(1_000), 0))
            .build();
    outbox.send(MISSING, new Job("later"), message -> message.id("l1"));

    assertThat(outbox.dispatch()).isEqualTo(1);
    assertThat(outbox.dispatch()).isZero();
    OutboxEntry waiting = outbox.unsent("l1").get(0);
    assertThat(waiting.state()).isEqualTo(OutboxEntry.State.READY);
    assertThat(waiting.attempts()).isEqualTo(1);
    assertThat(waiting.reason()).isPresent();
  }

  @ParameterizedTest
  @EnumSource
  void consumersConfirmByThemselvesAndWhatIsLostIsSentAgain(Databases database)
      throws SQLException {
    EventStore events = EmptyStore.of(database);
    Outbox outbox = Outbox.builder(events, shop).confirmWithin(ofSeconds(1)).resends(2).build();
    var processed = JdbcProcessedMessages.of(database.dataSource());
    memory.deploy(
        W7sApp.builder(WORKER)
            .consumption(
                JOBS,
                each -> each.once(processed, message -> message.body().name()).confirm(outbox))
            .consumption("events", each -> each.once(processed).confirm(outbox))
            .on(JOBS, message -> handled.add(message.body().name()))
            .on(CREATED, "events", event -> handled.add(event.id()))
            .build());
    String run = UUID.randomUUID().toString();
    outbox.send(JOBS, new Job("j" + run), message -> message.id("j" + run));
    outbox.publish(CREATED, new Created("o1"), event -> event.id("e" + run));

    outbox.dispatch();
    memory.runUntilIdle();

    assertThat(handled).containsExactlyInAnyOrder("j" + run, "e" + run, "mail o1");
    assertThat(outbox.sent("j" + run).get(0).confirmedAt()).isPresent();
    List<SentMessage> sent = outbox.sent("e" + run);
    assertThat(sent.get(0).queue()).isEqualTo("acme/mailer/mails");
    assertThat(sent.get(0).confirmedAt()).isEmpty();
    assertThat(sent.get(1).confirmedAt()).isPresent();

    // The mailer does not confirm: as if its message was lost.
    letTimePass(database, ofSeconds(10));
    assertThat(outbox.unconfirmed(10)).hasSize(1);
    assertThat(outbox.countUnconfirmed()).isEqualTo(1);
    assertThat(outbox.resendUnconfirmed()).isEqualTo(1);
    outbox.dispatch();
    memory.runUntilIdle();
    assertThat(handled).containsExactlyInAnyOrder("j" + run, "e" + run, "mail o1", "mail o1");
    assertThat(outbox.sent("e" + run).get(0).resends()).isEqualTo(1);

    letTimePass(database, ofSeconds(100));
    assertThat(outbox.resendUnconfirmed()).isEqualTo(1);
    outbox.dispatch();
    letTimePass(database, ofSeconds(100));
    assertThat(outbox.resendUnconfirmed()).as("it was sent again twice").isZero();
    assertThat(outbox.unconfirmed(10)).as("it stays in the list").hasSize(1);
    assertThat(events.purge(Instant.now().plusSeconds(60)))
        .as("the event of the message that is not confirmed stays")
        .isEqualTo(1);
    outbox.confirm("acme/mailer/mails", List.of("e" + run, "unknown", "", "a\0b"));
    assertThat(outbox.unconfirmed(10)).isEmpty();
    assertThat(outbox.countUnconfirmed()).isZero();
    assertThat(outbox.sent("unknown")).isEmpty();
  }

  /** Lets the database's clock be later for what waits. */
  private static void letTimePass(Databases database, Duration time) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          "UPDATE w7s_outbox_sent SET check_at = check_at - "
              + time.toMillis()
              + " WHERE check_at IS NOT NULL");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConfirmationMayComeBeforeTheOutboxKnows(Databases database) throws SQLException {
    Outbox outbox =
        Outbox.builder(EmptyStore.of(database), shop).confirmWithin(ofSeconds(1)).build();
    outbox.send(JOBS, new Job("one"), message -> message.id("c1"));

    outbox.confirm("acme/worker/jobs", List.of("c1"));
    outbox.dispatch();

    SentMessage sent = outbox.sent("c1").get(0);
    assertThat(sent.sentAt()).isPresent();
    assertThat(sent.confirmedAt()).isPresent();
    letTimePass(database, ofSeconds(10));
    assertThat(outbox.unconfirmed(10)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aProcessThatSendsNothingConfirmsWithoutAnOutbox(Databases database) throws SQLException {
    EventStore events = EmptyStore.of(database);
    Outbox outbox = Outbox.builder(events, shop).confirmWithin(ofSeconds(1)).build();
    outbox.send(JOBS, new Job("one"), message -> message.id("c2"));
    outbox.dispatch();
    assertThat(outbox.sent("c2").get(0).confirmedAt()).isEmpty();

    Outbox.confirmations(EventStore.of(database.dataSource()))
        .confirm("acme/worker/jobs", List.of("c2"));

    assertThat(outbox.sent("c2").get(0).confirmedAt()).isPresent();
  }

  @ParameterizedTest
  @EnumSource
  void eachWaitForAConfirmationIsTwiceAsLong(Databases database) throws SQLException {
    Outbox outbox = Outbox.builder(EmptyStore.of(database), shop).confirmWithin(ofHours(1)).build();
    outbox.send(JOBS, new Job("doubled"), message -> message.id("d1"));

    for (int hours : new int[] {1, 2, 4}) {
      outbox.dispatch();
      assertThat(waitForConfirmation(database))
          .isBetween(ofHours(hours).minusMinutes(5), ofHours(hours).plusMinutes(5));
      letTimePass(database, ofHours(hours));
      assertThat(outbox.resendUnconfirmed()).isEqualTo(1);
    }
  }

  private static Duration waitForConfirmation(Databases database) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT check_at - sent_at FROM w7s_outbox_sent")) {
      row.next();
      return Duration.ofMillis(row.getLong(1));
    }
  }

  /** Otherwise it could not be sent again. */
  @ParameterizedTest
  @EnumSource
  void anEventThatWaitsForItsConfirmationIsNotPurged(Databases database) throws SQLException {
    EventStore events = EmptyStore.of(database);
    Outbox outbox = Outbox.builder(events, shop).confirmWithin(ofSeconds(1)).build();
    outbox.send(JOBS, new Job("kept"), message -> message.id("k1"));
    outbox.dispatch();
    Instant later = Instant.now().plusSeconds(60);

    assertThat(events.purge(later)).isZero();

    letTimePass(database, ofSeconds(10));
    assertThat(outbox.resendUnconfirmed()).isEqualTo(1);
    assertThat(outbox.dispatch()).isEqualTo(1);
    outbox.confirm("acme/worker/jobs", List.of("k1"));
    assertThat(events.purge(later)).isEqualTo(1);
    assertThat(outbox.purgeSent(later)).isEqualTo(1);
  }

  /** The started outbox is woken by the commit. */
  @ParameterizedTest
  @EnumSource
  void aStartedOutboxSendsByItself(Databases database) throws Exception {
    try (Outbox outbox = Outbox.builder(EmptyStore.of(database), shop).build()) {
      outbox.start();
      for (int i = 0; i < 100; i++) {
        String key = "k" + i % 5;
        outbox.inTransaction(
            connection -> {
              outbox.send(connection, JOBS, new Job("a"), message -> message.inOrderOf(key));
              outbox.send(connection, JOBS, new Job("b"), message -> {});
            });
      }

      // The clock stands still meanwhile: moved by this thread, it would end the calls of others.
      assertTimeoutPreemptively(
          Duration.ofSeconds(60),
          () -> {
            while (outbox.count(OutboxEntry.State.READY) > 0) {
              Thread.onSpinWait();
            }
          });
    }
    memory.runUntilIdle();
    assertThat(handled).hasSize(200);
    Outbox another = Outbox.builder(EventStore.of(database.dataSource()), shop).build();
    assertThat(another.list(OutboxEntry.State.READY, 10, 0)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatItCannotSend(Databases database) throws SQLException {
    Outbox outbox = Outbox.builder(EmptyStore.of(database), shop).build();

    assertThatThrownBy(() -> outbox.send(JOBS.asCloudEvents(), new Job("one"), message -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("CloudEvents");
    assertThatThrownBy(
            () -> outbox.publish(CREATED, new Created("o"), event -> event.delay(ofSeconds(1))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("delay");
    assertThatThrownBy(
            () -> outbox.send(JOBS, new Job("one"), message -> message.delay(ofSeconds(86_401))))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> outbox.send(JOBS, new Job("one"), message -> message.inOrderOf("")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(
            () ->
                outbox.send(
                    JOBS,
                    new Job("one"),
                    message ->
                        message.traceParent(
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("traceparent", "plain message");
    assertThatThrownBy(() -> outbox.send(JOBS, null, message -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("null", "Void");
    assertThatThrownBy(() -> outbox.publish(CREATED, null, event -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("null", "Void");
    assertThat(outbox.count(OutboxEntry.State.READY)).isZero();
  }

  @Test
  void whatNobodyWaitsForCannotBeResent() {
    assertThatThrownBy(() -> Outbox.builder(EmptyStore.of(Databases.H2), shop).resends(2).build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("resends", "confirmWithin");
  }

  @Test
  void aMessageNeedsAnIdWhereItsConfirmationIsWaitedFor() throws SQLException {
    Outbox outbox =
        Outbox.builder(EmptyStore.of(Databases.H2), shop).confirmWithin(ofSeconds(1)).build();

    assertThatThrownBy(() -> outbox.send(JOBS, new Job("one"), message -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("message id")
        .hasMessageContaining("confirmWithin");
    outbox.publish(CREATED, new Created("o1"), event -> {}); // an event has its id on its way
    assertThat(outbox.count(OutboxEntry.State.READY)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void aMessageThatIsTooLargeForAQueueIsParkedAtOnce(Databases database) throws SQLException {
    Outbox outbox = Outbox.builder(EmptyStore.of(database), shop).build();
    outbox.send(JOBS, new Job("x".repeat(70_000)), message -> {});

    outbox.dispatch();

    OutboxEntry parked = outbox.list(OutboxEntry.State.PARKED, 10, 0).get(0);
    assertThat(parked.reason()).hasValueSatisfying(reason -> assertThat(reason).contains("65536"));
  }

  @Test
  void aLargeMessageGoesByWayOfABlobStore() throws SQLException {
    BlobStore blobs = BlobStore.inMemory();
    W7s sender = memory.connect("acme/sender").blobs(blobs).build();
    AppRef reader = AppRef.of("acme/reader");
    QueueRef<Job> large = reader.queue("large", Job.class);
    memory.deploy(
        W7sApp.builder(reader)
            .blobs(blobs)
            .on(large, message -> handled.add(message.body().name()))
            .build());
    Outbox outbox = Outbox.builder(EmptyStore.of(Databases.H2), sender).build();
    String name = "x".repeat(200_000);

    outbox.send(large, new Job(name), message -> {});
    outbox.dispatch();
    memory.runUntilIdle();

    assertThat(handled).containsExactly(name);
  }

  /** A message whose send takes long keeps its claim, and nothing else waits for it. */
  @Test
  void aSendThatTakesLongerThanItsLeaseKeepsItsClaim() throws Exception {
    EventStore events = EmptyStore.of(Databases.H2);
    var stuck = new CountDownLatch(1);
    var calls = new AtomicInteger();
    W7s slow =
        memory
            .connect("acme/slow")
            .intercept(
                call -> {
                  if (calls.incrementAndGet() == 1) {
                    awaitUninterruptibly(stuck);
                  }
                  return CallObserver.NONE;
                })
            .build();
    try (Outbox outbox = Outbox.builder(events, slow).lease(ofSeconds(1)).atOnce(2).build();
        Outbox another = Outbox.builder(events, slow).lease(ofSeconds(1)).build()) {
      outbox.send(JOBS, new Job("stuck"), message -> message.id("s1").inOrderOf("key"));
      outbox.start();
      assertTimeoutPreemptively(
          ofSeconds(30),
          () -> {
            while (calls.get() == 0) {
              Thread.onSpinWait();
            }
          });
      outbox.send(JOBS, new Job("behind"), message -> message.inOrderOf("key"));
      outbox.send(JOBS, new Job("other"), message -> message.id("o1"));
      another.start();
      long end = System.nanoTime() + ofSeconds(3).toNanos();
      while (!outbox.unsent("o1").isEmpty() || System.nanoTime() < end) {
        LockSupport.parkNanos(10_000_000);
      }
      assertThat(calls).as("the stuck one and the other").hasValue(2);
      assertThat(outbox.unsent("s1")).hasSize(1);
      stuck.countDown();
      assertTimeoutPreemptively(
          ofSeconds(30),
          () -> {
            while (outbox.count(OutboxEntry.State.READY) > 0) {
              Thread.onSpinWait();
            }
          });
    }
    memory.runUntilIdle();
    assertThat(handled).containsExactlyInAnyOrder("stuck", "other", "behind");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Nothing to send costs one query a second. */
  @Test
  void anIdleOutboxAsksOnceASecond() throws Exception {
    DataSource real = Databases.H2.dataSource();
    EmptyStore.of(Databases.H2);
    var queries = new AtomicInteger();
    DataSource counted =
        Databases.proxy(
            DataSource.class,
            (proxy, method, args) -> {
              queries.incrementAndGet();
              return method.invoke(real, args);
            });
    try (Outbox outbox = Outbox.builder(EventStore.of(counted), shop).build()) {
      outbox.start();
      LockSupport.parkNanos(ofSeconds(1).toNanos());
      int before = queries.get();
      long end = System.nanoTime() + ofSeconds(4).toNanos();
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
      assertThat(queries.get() - before).isBetween(1, 5);
    }
  }
}
