package io.w7s.sdk.store.event;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.store.Databases;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an outbox makes of odd answers and slow calls. */
class OutboxFaultsTest {

  record Job(String name) {}

  private static final QueueRef<Job> JOBS = AppRef.of("acme/worker").queue("jobs", Job.class);
  private static final SubjectRef<Job> CREATED = SubjectRef.of("jobs.created", Job.class);

  private final List<String> sent = new CopyOnWriteArrayList<>();

  /** Returns a client whose calls have the outcome that a test says; each body is noted first. */
  private W7s w7s(Function<String, Outcome<?>> outcome) {
    return W7s.builder(W7sConfig.builder().app("acme/shop").build())
        .options(options -> options.retry(RetryPolicy.none()))
        .transport(
            new Transport() {
              @Override
              @SuppressWarnings("unchecked") // the outcome fits the operation
              public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
                byte[] body =
                    operation instanceof Operation.QueueSend send
                        ? send.body()
                        : ((Operation.EventPublish) operation).data();
                String text = new String(body, StandardCharsets.UTF_8);
                sent.add(text);
                return (Outcome<R>) outcome.apply(text);
              }

              @Override
              public <R> CompletableFuture<Outcome<R>> executeAsync(
                  Operation<R> operation, CallContext context) {
                return CompletableFuture.completedFuture(execute(operation, context));
              }

              @Override
              public void close() {}
            })
        .build();
  }

  private static Outcome<?> ok() {
    return Outcome.success(new SendReceipt(JOBS.app(), JOBS.name(), Instant.EPOCH));
  }

  @ParameterizedTest
  @EnumSource
  void aResponseThatAsksToWaitForCenturiesHoldsNothingUp(Databases database) throws SQLException {
    EventStore events = EmptyStore.of(database);
    W7s w7s =
        w7s(
            body ->
                body.contains("poison")
                    ? new Outcome.Refused<>(
                        429, "slow down", Map.of(), Duration.ofSeconds(Long.MAX_VALUE))
                    : ok());
    Outbox outbox = Outbox.builder(events, w7s).build();
    outbox.send(JOBS, new Job("poison"), message -> message.id("p1"));
    outbox.send(JOBS, new Job("next"), message -> {});

    assertThat(outbox.dispatch()).isEqualTo(2);

    assertThat(outbox.unsent("p1")).hasSize(1);
    assertThat(outbox.count(OutboxEntry.State.READY)).isEqualTo(1);
    assertThat(dueAt(database)).isBefore(Instant.now().plus(Duration.ofHours(2)));
  }

  private static Instant dueAt(Databases database) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT due_at FROM w7s_outbox")) {
      row.next();
      return Instant.ofEpochMilli(row.getLong(1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void anErrorOfARouterMayHaveAnyText(Databases database) throws SQLException {
    EventStore events = EmptyStore.of(database);
    W7s w7s =
        w7s(
            body ->
                Outcome.success(
                    new PublishReceipt(
                        "e1",
                        CREATED.name(),
                        AppId.parse("acme/shop"),
                        Instant.EPOCH,
                        List.of(
                            new PublishReceipt.Delivery(
                                AppId.parse("acme/mailer"),
                                "mails",
                                PublishReceipt.Status.FAILED,
                                Optional.of("a\0b\ud800" + "x".repeat(10_000)))))));
    Outbox outbox = Outbox.builder(events, w7s).build();
    outbox.publish(CREATED, new Job("one"), event -> event.id("e1"));

    outbox.dispatch();

    assertThat(outbox.unsent("e1").get(0).reason())
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("acme/mailer/mails (a?b?x").hasSizeLessThan(600));
  }

  /** With a lease of a second, and 0.2 seconds for each of 16 messages. */
  @ParameterizedTest
  @EnumSource
  void dispatchKeepsItsClaimsWhileItSendsOneAfterTheOther(Databases database) throws Exception {
    EventStore events = EmptyStore.of(database);
    W7s w7s =
        w7s(
            body -> {
              pause(ofSeconds(1).dividedBy(5));
              return ok();
            });
    Outbox outbox = Outbox.builder(events, w7s).lease(ofSeconds(1)).build();
    Outbox another = Outbox.builder(events, w7s).lease(ofSeconds(1)).build();
    for (int i = 0; i < 16; i++) {
      outbox.send(JOBS, new Job("job" + i), message -> {});
    }

    var first = new Thread(outbox::dispatch);
    first.start();
    pause(ofSeconds(1).plusMillis(200));
    another.dispatch();
    first.join();

    assertThat(sent).hasSize(16).doesNotHaveDuplicates();
    assertThat(outbox.count(OutboxEntry.State.READY)).isZero();
  }

  /** What these tests are about: calls take their time. */
  private static void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closeKeepsTheClaimsOfWhatIsOnItsWay(Databases database) throws Exception {
    EventStore events = EmptyStore.of(database);
    W7s slow =
        w7s(
            body -> {
              pause(ofSeconds(3));
              return ok();
            });
    try (Outbox another = Outbox.builder(events, slow).lease(ofSeconds(1)).build()) {
      Outbox outbox = Outbox.builder(events, slow).lease(ofSeconds(1)).build();
      outbox.send(JOBS, new Job("slow"), message -> {});
      outbox.start();
      assertTimeoutPreemptively(
          ofSeconds(30),
          () -> {
            while (sent.isEmpty()) {
              Thread.onSpinWait();
            }
          });
      another.start();
      outbox.close();
    }

    assertThat(sent).hasSize(1);
    assertThat(Outbox.builder(events, slow).build().count(OutboxEntry.State.READY)).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aMessageMayCloseItsOutbox(Databases database) throws Exception {
    EventStore events = EmptyStore.of(database);
    Outbox[] outbox = new Outbox[1];
    W7s closing =
        w7s(
            body -> {
              outbox[0].close();
              return ok();
            });
    outbox[0] = Outbox.builder(events, closing).build();
    outbox[0].send(JOBS, new Job("last"), message -> {});
    outbox[0].start();

    assertTimeoutPreemptively(
        ofSeconds(30),
        () -> {
          while (outbox[0].count(OutboxEntry.State.READY) > 0) {
            Thread.onSpinWait();
          }
        });
    outbox[0].close();
    outbox[0].close();
    assertThat(sent).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void whatWaitsToBeSentAgainIsNotPutThereTwiceAndGoesWhenItIsConfirmed(Databases database)
      throws SQLException {
    EventStore events = EmptyStore.of(database);
    boolean[] isDown = new boolean[1];
    W7s w7s = w7s(body -> isDown[0] ? Outcome.refused(503, "down") : ok());
    Outbox outbox = Outbox.builder(events, w7s).confirmWithin(ofSeconds(1)).resends(9).build();
    outbox.send(JOBS, new Job("lost"), message -> message.id("l1"));
    outbox.dispatch();
    isDown[0] = true;
    letTimePass(database);

    assertThat(outbox.resendUnconfirmed()).isEqualTo(1);
    outbox.dispatch();
    letTimePass(database);
    assertThat(outbox.resendUnconfirmed()).isZero();
    assertThat(outbox.unsent("l1")).hasSize(1);

    outbox.confirm("acme/worker/jobs", List.of("l1"));
    assertThat(outbox.unsent("l1")).isEmpty();
    outbox.confirm("\0" + "x".repeat(500), List.of("l1"));
  }

  private static void letTimePass(Databases database) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("UPDATE w7s_outbox_sent SET check_at = 1 WHERE check_at IS NOT NULL");
    }
  }
}
