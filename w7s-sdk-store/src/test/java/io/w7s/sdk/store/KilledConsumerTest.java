package io.w7s.sdk.store;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.store.MortalDataSource.Access;
import io.w7s.sdk.store.MortalDataSource.Moment;
import io.w7s.sdk.store.MortalDataSource.Place;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteDataSource;

/**
 * A handler that marks its message in the transaction of its effect, in a process that dies at
 * every place where it uses the database: each message has its effect exactly once. The process is
 * one whose connections are cut off and whose memory is dropped; two real ones are killed in {@link
 * KilledProcessesTest}. {@code -Dw7s.kills=10000} kills more often than the build does.
 */
class KilledConsumerTest {

  private static final int KILLS = Integer.getInteger("w7s.kills", 500);
  private static final int PLATFORM_ATTEMPTS = 4;
  private static final QueueRef<String> JOBS = AppRef.of("acme/worker").queue("jobs", String.class);
  private static final String QUEUE = "acme/worker/jobs";
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(W7sApp.class);

  private static Level level;

  @TempDir private Path directory;

  @BeforeAll
  static void logNothing() {
    level = LOG.getLevel();
    LOG.setLevel(Level.OFF);
  }

  @AfterAll
  static void logAgain() {
    LOG.setLevel(level);
  }

  @Test
  void onPostgresqlEachEffectIsThereOnce() throws Exception {
    try (var postgres = Databases.startPostgres()) {
      DataSource dataSource = postgres.getPostgresDatabase();
      try (Connection admin = dataSource.getConnection()) {
        check(new History(dataSource, new PostgresKiller(admin), Moment.values(), KILLS));
      }
    }
  }

  @Test
  void onSqliteEachEffectIsThereOnce() throws Exception {
    var sqlite = new SQLiteDataSource();
    sqlite.setUrl("jdbc:sqlite:" + directory.resolve("w7s.db") + "?journal_mode=WAL");
    check(new History(sqlite, Connection::close, BEFORE_AND_AFTER, KILLS));
  }

  @Test
  void onH2EachEffectIsThereOnce() throws Exception {
    var h2 = new JdbcDataSource();
    h2.setUrl("jdbc:h2:mem:killed;DB_CLOSE_DELAY=-1");
    check(new History(h2, Connection::close, BEFORE_AND_AFTER, KILLS));
  }

  private static final Moment[] BEFORE_AND_AFTER = {Moment.BEFORE, Moment.AFTER};

  private static void check(History history) throws SQLException {
    history.run();

    assertThat(history.count("SELECT count(*) FROM effects")).isEqualTo(history.messages);
    assertThat(history.count("SELECT count(DISTINCT message) FROM effects"))
        .isEqualTo(history.messages);
    assertThat(history.count("SELECT count(*) FROM w7s_processed WHERE done_at IS NULL")).isZero();
    assertThat(history.kills.keySet()).containsAll(history.places());
  }

  /** Ends the session from outside, or the socket from inside, or both. */
  private static final class PostgresKiller implements MortalDataSource.Killer {

    private final Connection admin;
    private final Random random = new Random(1);

    PostgresKiller(Connection admin) {
      this.admin = admin;
    }

    @Override
    public synchronized void kill(Connection connection) throws SQLException {
      int pid = connection.unwrap(org.postgresql.PGConnection.class).getBackendPID();
      int way = random.nextInt(3);
      if (way > 0) {
        try (PreparedStatement end = admin.prepareStatement("SELECT pg_terminate_backend(?)")) {
          end.setInt(1, pid);
          end.executeQuery().close();
        }
      }
      if (way < 2) {
        connection.abort(Runnable::run);
      }
    }
  }

  /** Batches, processes and deaths. */
  private static final class History {

    private final DataSource dataSource;
    private final MortalDataSource.Killer killer;
    private final Moment[] moments;
    private final int wanted;
    private final Random random = new Random(20_260_525);
    private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
    private final Map<Place, Integer> kills = new HashMap<>();
    private int killed;
    private int messages;

    History(DataSource dataSource, MortalDataSource.Killer killer, Moment[] moments, int kills)
        throws SQLException {
      this.dataSource = dataSource;
      this.killer = killer;
      this.moments = moments;
      this.wanted = kills;
      StoreSchema.migrate(dataSource);
      try (Connection connection = dataSource.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE effects (message varchar(200) NOT NULL)");
      }
    }

    /** Returns the places where a transactional handler's process may die. */
    List<Place> places() {
      List<Access> accesses =
          List.of(
              Access.LOOK_UP,
              Access.CLAIM,
              Access.EFFECT,
              Access.MARK,
              Access.COMMIT,
              Access.COMPLETE,
              Access.FIND_PARKED,
              Access.REMOVE_PARKED);
      return accesses.stream()
          .flatMap(access -> Arrays.stream(moments).map(moment -> new Place(access, moment)))
          .toList();
    }

    long count(String query) throws SQLException {
      try (Connection connection = dataSource.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(query)) {
        row.next();
        return row.getLong(1);
      }
    }

    void run() throws SQLException {
      JdbcParkedMessages parked = JdbcParkedMessages.of(dataSource);
      while (killed < wanted || (killed < 10 * wanted && !kills.keySet().containsAll(places()))) {
        int size = 1 + random.nextInt(10);
        deliver(IntStream.range(0, size).mapToObj(i -> "m" + messages++).toList(), "\"work\"");
        for (ParkedMessage aside : parked.list(QUEUE, ParkedMessage.State.PARKED, 100, null)) {
          sendAgain(parked, aside);
        }
      }
    }

    /** A person sends a message again until it is handled. */
    private void sendAgain(JdbcParkedMessages parked, ParkedMessage aside) throws SQLException {
      var sent = new SentBodies();
      while (parked.sendAgain(QUEUE, aside.key(), sent)) {
        deliver(List.of("again"), sent.take());
      }
    }

    /** Delivers a batch as the platform does. */
    private void deliver(List<String> ids, String body) throws SQLException {
      for (int attempt = 1; attempt <= PLATFORM_ATTEMPTS; attempt++) {
        if (deliver(ids, attempt, body)) {
          return;
        }
        time.advance(ofSeconds(10));
      }
    }

    /** Starts a process and delivers a batch to it; returns whether it was acknowledged. */
    private boolean deliver(List<String> ids, int attempt, String body) throws SQLException {
      // A platform that has delivered a batch four times drops it, whatever was done with it. So
      // the process lives in the last delivery until it has written its messages down.
      var death = new Death(ids.size(), attempt < PLATFORM_ATTEMPTS);
      var process = new MortalDataSource(dataSource, killer, death);
      try {
        String[] messages =
            ids.stream().map(id -> Deliveries.message(id, attempt, body)).toArray(String[]::new);
        return Deliveries.deliver(worker(process), "jobs", messages).status() == 200;
      } catch (MortalDataSource.Killed killed) {
        return false;
      } finally {
        if (process.isDead()) {
          killed++;
          kills.merge(death.at, 1, Integer::sum);
        } else {
          process.close();
        }
      }
    }

    private W7sApp worker(DataSource process) {
      JdbcProcessedMessages processed = JdbcProcessedMessages.builder(process).time(time).build();
      return W7sApp.builder(AppRef.of("acme/worker"))
          .consumption(
              each ->
                  each.once(processed)
                      .park(JdbcParkedMessages.of(process))
                      .lease(ofSeconds(5))
                      .time(time))
          .on(JOBS, message -> handle(message, process, processed))
          .build();
    }

    private static void handle(
        QueueMessage<String> message, DataSource process, JdbcProcessedMessages processed)
        throws SQLException {
      try (Connection connection = process.getConnection()) {
        connection.setAutoCommit(false);
        try (PreparedStatement insert =
            connection.prepareStatement("INSERT INTO effects VALUES (?)")) {
          insert.setString(1, message.id());
          insert.executeUpdate();
        }
        processed.complete(message.claim(), connection);
        connection.commit();
      }
    }

    /** The place where a process dies: after a random number of others. */
    private final class Death implements MortalDataSource.Fate {

      private int placesUntil;
      private boolean mayDie;
      private Place at;

      Death(int messages, boolean mayDie) {
        this.placesUntil = random.nextInt((1 + 5 * messages) * moments.length);
        this.mayDie = mayDie;
      }

      @Override
      public boolean diesAt(Place place) {
        mayDie |= place.access() == Access.CLAIM;
        if (!mayDie || !List.of(moments).contains(place.moment()) || placesUntil-- > 0) {
          return false;
        }
        at = place;
        return true;
      }
    }
  }
}
