package io.w7s.sdk.store.guide;

import static io.w7s.sdk.consumption.ClaimResult.State.BUSY;
import static io.w7s.sdk.consumption.ClaimResult.State.GRANTED;
import static io.w7s.sdk.consumption.ClaimResult.State.TAKEN_OVER;
import static io.w7s.sdk.consumption.ParkedMessage.State.PARKED;
import static io.w7s.sdk.testing.assertj.W7sAssertions.assertThat;
import static java.time.Duration.ofMinutes;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.okhttp.Guide;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.store.JdbcParkedMessages;
import io.w7s.sdk.store.JdbcProcessedMessages;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.junit.W7sTest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** docs/consumers.md shows code that compiles and runs, and no other. */
@W7sTest
class ConsumersGuideTest {

  record Job(String type, String orderId) {}

  record Order(String id) {}

  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final QueueRef<Job> JOBS = WORKER.queue("jobs", Job.class);
  private static final SubjectRef<Order> ORDER_CREATED =
      SubjectRef.of("orders.created", Order.class);
  private static final String QUEUE = "acme/worker/jobs";

  private final List<String> done = new ArrayList<>();
  private final AtomicLong parkedMessages = new AtomicLong();
  private HikariDataSource dataSource;

  @BeforeEach
  void connect() {
    dataSource = new HikariDataSource();
    dataSource.setJdbcUrl("jdbc:h2:mem:guide");
  }

  @AfterEach
  void disconnect() {
    dataSource.close();
  }

  @Test
  void showsWhatIsCompiledAndNoOtherJava() throws IOException {
    Path code = Path.of("src/test/java/io/w7s/sdk/store/guide/ConsumersGuideTest.java");

    assertThat(Guide.shown(Path.of("../docs/consumers.md")))
        .containsExactlyInAnyOrderElementsOf(Guide.compiled(code));
  }

  @Test
  void aFailedMessageIsSentAgainAndParkedInTheEnd(InMemoryW7s memory) {
    W7s w7s = memory.as("acme/worker");
    // [app]
    StoreSchema.migrate(dataSource);
    var processed = JdbcProcessedMessages.of(dataSource);
    var parked = JdbcParkedMessages.of(dataSource);

    W7sApp worker =
        W7sApp.builder(WORKER)
            .consumption(each -> each.once(processed).park(parked).retry(w7s.queues()))
            .on(JOBS, message -> run(message.body()))
            .on(ORDER_CREATED, "events", event -> mail(event.data()))
            .build();
    // [app]
    whatATestAsserts(memory, worker);
    ParkedMessage poison = parked.list(QUEUE, PARKED, 10, null).get(0);

    done.clear();
    forEachParked(w7s, parked, poison.key());
    memory.runUntilIdle();

    assertThat(done).isEmpty();
    assertThat(parked.list(QUEUE, PARKED, 10, null)).isEmpty();
  }

  private void whatATestAsserts(InMemoryW7s w7s, W7sApp worker) {
    // [test]
    w7s.deploy(worker);
    w7s.as("acme/shop").queues().send(JOBS, new Job("poison", "o-1"));
    w7s.runUntilIdle();

    assertThat(w7s).queue("acme/worker", "jobs").hasHeld(3).hasParked(1).hasNoDeadLetters();
    // [test]
    assertThat(done).containsExactly("poison", "poison", "poison", "poison");
  }

  @Test
  void leasesEndByTheClockOfTheTest(InMemoryW7s w7s) {
    StoreSchema.migrate(dataSource);
    // [clock]
    ProcessedMessages processed = ProcessedMessages.inMemory(1_000, w7s.time());
    W7sApp worker =
        W7sApp.builder(WORKER)
            .consumption(each -> each.once(processed).time(w7s.time()))
            .on(JOBS, message -> run(message.body()))
            .build();
    // [clock]
    w7s.deploy(worker);
    w7s.as("acme/shop").queues().send(JOBS, new Job("resize", "o-1"));
    w7s.runUntilIdle();
    assertThat(done).containsExactly("resize");

    var onADatabase = JdbcProcessedMessages.builder(dataSource).time(w7s.time()).build();
    for (ProcessedMessages store : List.of(processed, onADatabase)) {
      assertThat(store.claim(QUEUE, "m1", ofMinutes(1), true).state()).isEqualTo(GRANTED);
      assertThat(store.claim(QUEUE, "m1", ofMinutes(1), true).state()).isEqualTo(BUSY);
      w7s.advance(ofMinutes(2));
      assertThat(store.claim(QUEUE, "m1", ofMinutes(1), true).state()).isEqualTo(TAKEN_OVER);
    }
  }

  private static void forEachParked(W7s w7s, JdbcParkedMessages parked, String key) {
    // [parked]
    for (ParkedMessage message : parked.list("acme/worker/jobs", PARKED, 100, null)) {
      System.out.println(message.key() + ": " + message.reason());
    }
    parked.sendAgain("acme/worker/jobs", key, w7s.queues()); // handled once, even if sent twice
    parked.drop("acme/worker/jobs", key);
    // [parked]
  }

  @Test
  void effectAndMarkAreOne(InMemoryW7s memory) throws SQLException {
    StoreSchema.migrate(dataSource);
    try (Connection connection = dataSource.getConnection()) {
      connection.createStatement().execute("CREATE TABLE jobs (type varchar(100))");
    }
    JdbcProcessedMessages processed = JdbcProcessedMessages.of(dataSource);
    memory.deploy(
        W7sApp.builder(WORKER)
            .consumption(each -> each.once(processed))
            // [transaction]
            .on(
                JOBS,
                message -> {
                  try (Connection connection = dataSource.getConnection()) {
                    connection.setAutoCommit(false);
                    save(connection, message.body());
                    processed.complete(message.claim(), connection);
                    connection.commit();
                  }
                })
            // [transaction]
            .build());

    memory.as("acme/shop").queues().send(JOBS, new Job("resize", "o-1"));
    memory.runUntilIdle();

    try (Connection connection = dataSource.getConnection();
        var rows = connection.createStatement().executeQuery("SELECT count(*) FROM jobs")) {
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(1);
    }
  }

  @Test
  void twoSendsOfTheSameOrderAreOne(InMemoryW7s memory) {
    StoreSchema.migrate(dataSource);
    JdbcProcessedMessages processed = JdbcProcessedMessages.of(dataSource);
    JdbcParkedMessages parked = JdbcParkedMessages.of(dataSource);
    memory.deploy(
        W7sApp.builder(WORKER)
            // [key]
            .consumption(JOBS, each -> each.once(processed, message -> message.body().orderId()))
            // [key]
            .on(JOBS, message -> done.add(message.body().orderId()))
            .build(),
        W7sApp.builder(AppRef.of("acme/other"))
            .on(AppRef.of("acme/other").queue("jobs", Job.class), message -> {})
            .build());

    memory.as("acme/shop").queues().send(JOBS, new Job("resize", "o-1"));
    memory.as("acme/shop").queues().send(JOBS, new Job("resize", "o-1"));
    memory.runUntilIdle();

    assertThat(done).containsExactly("o-1");
    assertThat(parked.count(QUEUE, PARKED)).isZero();
  }

  @Test
  void batchesFailSingleMessages(InMemoryW7s memory) {
    StoreSchema.migrate(dataSource);
    JdbcProcessedMessages processed = JdbcProcessedMessages.of(dataSource);
    JdbcParkedMessages parked = JdbcParkedMessages.of(dataSource);
    memory.deploy(
        W7sApp.builder(WORKER)
            // [listener]
            .consumption(
                each ->
                    each.once(processed)
                        .park(parked)
                        .listen(report -> parkedMessages.addAndGet(report.parked())))
            // [listener]
            // [batch]
            .onBatch(
                JOBS,
                batch -> {
                  for (QueueMessage<Job> message : batch.messages()) {
                    if (!save(message.body())) {
                      batch.fail(message, Reject.permanently("duplicate order"));
                    }
                  }
                })
            // [batch]
            .build());

    memory.as("acme/shop").queues().send(JOBS, new Job("resize", "o-1"));
    memory.as("acme/shop").queues().send(JOBS, new Job("resize", "o-1"));
    memory.runUntilIdle();

    assertThat(done).containsExactly("o-1");
    assertThat(parkedMessages).hasValue(1);
  }

  @Test
  void whatMustNotRunTwiceIsParked() {
    StoreSchema.migrate(dataSource);
    JdbcProcessedMessages processed = JdbcProcessedMessages.of(dataSource);
    JdbcParkedMessages parked = JdbcParkedMessages.of(dataSource);
    W7sApp app =
        W7sApp.builder(WORKER)
            // [never-twice]
            .consumption(JOBS, each -> each.once(processed).park(parked).neverTwice())
            // [never-twice]
            .on(JOBS, message -> done.add(message.id()))
            .build();

    assertThat(app.routes()).hasSize(1);
  }

  private void run(Job job) {
    done.add(job.type());
    if (job.type().equals("poison")) {
      throw new IllegalStateException("cannot run it");
    }
    if (job.type().isEmpty()) {
      refuse(job.orderId());
    }
  }

  private static void refuse(String id) {
    if (id.isEmpty()) {
      // [reject]
      throw Reject.permanently("no customer " + id); // park it at once
      // [reject]
    }
    // [retry]
    throw Retry.after(ofMinutes(10)); // hold it back; counts as an attempt
    // [retry]
  }

  private void mail(Order order) {
    done.add("mail " + order.id());
  }

  private boolean save(Job job) {
    return !done.contains(job.orderId()) && done.add(job.orderId());
  }

  private static void save(Connection connection, Job job) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("INSERT INTO jobs VALUES (?)")) {
      statement.setString(1, job.type());
      statement.executeUpdate();
    }
  }
}
