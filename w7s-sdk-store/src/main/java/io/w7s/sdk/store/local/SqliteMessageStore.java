package io.w7s.sdk.store.local;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.MessageStore;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.store.internal.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the messages of local mode in an SQLite file: a sender that is closed or killed loses none,
 * and the next process with the file goes on with their delays and attempts. {@code
 * w7s.local.store=FILE} opens one by itself; to use one for another platform:
 *
 * <pre>{@code
 * try (SqliteMessageStore store = SqliteMessageStore.open(Path.of("messages.db"))) {
 *   Platform platform = Platform.builder(timeline).store(store).build();
 *   ...
 * }
 * }</pre>
 *
 * <p>The file belongs to one process at a time. Another one that opens it waits for 2 s and is then
 * refused; the operating system frees it when a process is killed. The store makes its tables
 * itself, needs nothing of {@link io.w7s.sdk.store.StoreSchema}, and refuses a file that is not its
 * own.
 *
 * <p>A message is on the disk before its send returns ({@code synchronous=FULL}, with a write-ahead
 * log), so that it outlives a power failure, too. Each send waits for the disk, which takes some
 * milliseconds on many. What happens to a message later does not wait ({@code synchronous=NORMAL}):
 * it is kept when the process is killed; after a power failure the last acknowledgements and
 * attempts may be missing, and then messages are delivered again, as they may be at any time.
 *
 * <p>A message is removed after its acknowledgement; a process that is killed in between delivers
 * it again. Times are kept in milliseconds. A dead letter is removed, too: it is logged, and the
 * platform that dropped it shows it until it ends.
 *
 * <p>Thread-safe; one thread at a time writes. A failure is a {@link StoreException} that names the
 * file. Nothing was changed then.
 */
public final class SqliteMessageStore implements MessageStore {

  private static final Logger log = LoggerFactory.getLogger(SqliteMessageStore.class);

  private static final String DECLARE =
      "INSERT INTO w7s_queue (app, environment, name, consumer) VALUES (?, ?, ?, ?)"
          + " ON CONFLICT (app, environment, name) DO UPDATE SET consumer = excluded.consumer"
          + " WHERE consumer <> excluded.consumer";

  private static final String QUEUE =
      "(SELECT id FROM w7s_queue WHERE app = ? AND environment = ? AND name = ?)";

  private static final String SAVE =
      "INSERT OR REPLACE INTO w7s_message (queue, id, attempts, enqueued_at, available_at,"
          + " caller_app, caller_environment, body) VALUES ("
          + QUEUE
          + ", ?, ?, ?, ?, ?, ?, ?)";

  private static final String REMOVE =
      "DELETE FROM w7s_message WHERE queue = " + QUEUE + " AND id = ?";

  private static final String LOAD =
      "SELECT * FROM w7s_message WHERE queue = " + QUEUE + " ORDER BY available_at, rowid";

  private static final String QUEUES =
      "SELECT app, environment, name, consumer, count(*) FROM w7s_queue"
          + " JOIN w7s_message ON w7s_message.queue = w7s_queue.id GROUP BY w7s_queue.id";

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Path file;
  private final Connection connection;
  private boolean closed;

  private SqliteMessageStore(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /**
   * Opens the store in a file, and makes it when there is none. The file is then readable by its
   * owner only.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when the SQLite driver is missing, the file
   *     cannot be written, is something else, or is in use
   */
  public static SqliteMessageStore open(Path file) {
    return new SqliteMessageStore(file, SqliteFile.open(requireNonNull(file, "file")));
  }

  @Override
  public void declare(Queue queue, String consumer) {
    run(
        "keep a queue",
        () -> {
          try (PreparedStatement declare = prepare(DECLARE, queue)) {
            declare.setString(4, consumer);
            return declare.executeUpdate();
          }
        });
  }

  @Override
  public void save(Queue queue, List<Message> messages) {
    boolean anyNew = messages.stream().anyMatch(message -> message.attempts() == 1);
    write(
        "keep a message",
        anyNew ? "FULL" : "NORMAL",
        SAVE,
        queue,
        messages,
        (save, message) -> {
          Caller caller = message.caller();
          save.setString(4, message.id());
          save.setInt(5, message.attempts());
          save.setLong(6, message.enqueuedAt().toEpochMilli());
          save.setLong(7, millis(message.availableAt()));
          save.setString(8, caller == null ? null : caller.app().toString());
          save.setString(9, caller == null ? null : caller.environment().name());
          save.setBytes(10, message.body());
        });
  }

  /** Not earlier than the instant. */
  private static long millis(Instant instant) {
    return instant.plusNanos(NANOS_PER_MILLI - 1).toEpochMilli();
  }

  @Override
  public void remove(Queue queue, List<String> ids) {
    write(
        "remove a message", "NORMAL", REMOVE, queue, ids, (remove, id) -> remove.setString(4, id));
  }

  /** Sets the parameters of a statement for an item, from the fourth one on. */
  private interface Parameters<T> {
    void set(PreparedStatement statement, T item) throws SQLException;
  }

  /**
   * Runs a statement for each item, in one transaction.
   *
   * @param synchronous FULL to wait for the disk, NORMAL not to
   */
  private <T> void write(
      String what,
      String synchronous,
      String sql,
      Queue queue,
      List<T> items,
      Parameters<T> parameters) {
    if (items.isEmpty()) {
      return;
    }
    run(
        what,
        () -> {
          execute("PRAGMA synchronous = " + synchronous);
          execute("BEGIN");
          try (PreparedStatement statement = prepare(sql, queue)) {
            for (T item : items) {
              parameters.set(statement, item);
              statement.executeUpdate();
            }
            execute("COMMIT");
          } catch (SQLException | RuntimeException | Error e) {
            rollBack(e);
            throw e;
          }
          return items;
        });
  }

  private void rollBack(Throwable reason) {
    try {
      execute("ROLLBACK");
    } catch (SQLException over) { // SQLite has done so itself, as it does when the disk is full
      reason.addSuppressed(over);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public List<Message> load(Queue queue) {
    return run(
        "read messages",
        () -> {
          try (PreparedStatement load = prepare(LOAD, queue);
              ResultSet rows = load.executeQuery()) {
            return all(rows, SqliteMessageStore::message);
          }
        });
  }

  private static Message message(ResultSet row) throws SQLException {
    return new Message(
        row.getString("id"),
        row.getInt("attempts"),
        Instant.ofEpochMilli(row.getLong("enqueued_at")),
        Instant.ofEpochMilli(row.getLong("available_at")),
        caller(row.getString("caller_app"), row.getString("caller_environment")),
        row.getBytes("body"));
  }

  private static @Nullable Caller caller(@Nullable String app, @Nullable String environment) {
    return app == null || environment == null
        ? null
        : new Caller(AppId.parse(app), Environment.of(environment));
  }

  @Override
  public List<KeptQueue> queues() {
    return run(
        "read queues",
        () -> {
          try (PreparedStatement queues = connection.prepareStatement(QUEUES);
              ResultSet rows = queues.executeQuery()) {
            return all(rows, SqliteMessageStore::queue);
          }
        });
  }

  private static KeptQueue queue(ResultSet row) throws SQLException {
    var queue =
        new Queue(
            AppId.parse(row.getString(1)), Environment.of(row.getString(2)), row.getString(3));
    return new KeptQueue(queue, row.getString(4), row.getLong(5));
  }

  private static <T> List<T> all(ResultSet rows, Database.RowReader<T> reader) throws SQLException {
    var all = new ArrayList<T>();
    while (rows.next()) {
      all.add(reader.read(rows));
    }
    return all;
  }

  private PreparedStatement prepare(String sql, Queue queue) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setString(1, queue.app().toString());
    statement.setString(2, queue.environment().name());
    statement.setString(3, queue.name());
    return statement;
  }

  /** Does something with the connection. */
  private interface Work<T> {
    T run() throws SQLException;
  }

  private synchronized <T> T run(String what, Work<T> work) {
    if (closed) {
      throw new StoreException(what + " in " + file + ": the store is closed", null);
    }
    try {
      return work.run();
    } catch (SQLException | InvalidInputException e) { // the latter for a row that is damaged
      throw new StoreException(what + " in " + file + ": " + e.getMessage(), e);
    }
  }

  /** Releases the file. Does nothing when it is closed already. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      connection.close();
    } catch (SQLException e) { // what was kept is on the disk
      log.warn("the message store {} was not closed properly", file, e);
    }
  }

  /** Returns the file. */
  @Override
  public String toString() {
    return "SqliteMessageStore[" + file + "]";
  }
}
