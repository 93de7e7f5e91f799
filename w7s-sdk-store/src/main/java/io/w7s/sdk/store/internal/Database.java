package io.w7s.sdk.store.internal;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs single statements, each in a transaction of its own, or in that of a connection that is
 * given. In their text {@code :now} is the time in milliseconds since 1970: that of the database,
 * so that the clocks of several machines do not matter, unless a clock was set.
 *
 * <p>A statement that commits by itself is run again when another transaction was in its way: in a
 * deadlock, or in an isolation in which only one of two can go on.
 */
public final class Database {

  private static final Logger log = LoggerFactory.getLogger(Database.class);
  private static final String DUPLICATE_KEY = "23505";

  /** A failed serialization, a deadlock, and H2's lock timeout. */
  private static final Set<String> IN_THE_WAY = Set.of("40001", "40P01", "HYT00");

  private static final int MOST_ATTEMPTS = 20;

  private final DataSource dataSource;
  private final Dialect dialect;
  private final @Nullable TimeSource time;
  private final ConcurrentMap<String, String> withDatabaseTime = new ConcurrentHashMap<>();

  /**
   * Creates one.
   *
   * @param time the clock; null for that of the database
   */
  public Database(DataSource dataSource, @Nullable TimeSource time) {
    this.dataSource = dataSource;
    this.dialect = Dialect.of(dataSource);
    this.time = time;
  }

  /** Returns which database it is. */
  public Dialect dialect() {
    return dialect;
  }

  /** Reads a row. */
  public interface RowReader<T> {
    /** Reads the row that the result is at. */
    T read(ResultSet row) throws SQLException;
  }

  /** Does something with a connection. */
  public interface Work<T> {
    /** Does it; the result is that of the call. */
    T run(Connection connection) throws SQLException;
  }

  /** Runs statements that commit one by one. */
  public <T> T run(String what, Work<T> work) {
    return run(dataSource, what, work);
  }

  /** Runs statements that commit one by one. */
  public static <T> T run(DataSource dataSource, String what, Work<T> work) {
    try (Connection connection = dataSource.getConnection()) {
      if (connection.getAutoCommit()) {
        return work.run(connection);
      }
      connection.setAutoCommit(true);
      try {
        return work.run(connection);
      } finally {
        setAutoCommit(connection, false);
      }
    } catch (SQLException e) {
      throw new StoreException(what, e);
    }
  }

  /** Runs statements in one transaction, which commits unless they throw. */
  public <T> T runInTransaction(String what, Work<T> work) {
    return run(what, connection -> inTransaction(connection, work));
  }

  /**
   * Runs statements in one transaction, and once more when another transaction was in their way: in
   * a deadlock, or in an isolation in which only one of two can go on.
   */
  public <T> T retryInTransaction(String what, Work<T> work) {
    return run(what, connection -> retry(what, connection, own -> inTransaction(own, work)));
  }

  private static <T> T retry(String what, Connection connection, Work<T> transaction)
      throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return transaction.run(connection);
      } catch (SQLException e) {
        if (attempt == MOST_ATTEMPTS || !wasInTheWay(e)) {
          throw e;
        }
        log.debug("{}: another transaction was in the way", what, e);
      }
    }
  }

  /** Runs statements in one transaction of a connection that commits each by itself. */
  public <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      lockForWriting(connection);
      T result = work.run(connection);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      rollBack(connection, e);
      throw e;
    } finally {
      setAutoCommit(connection, true);
    }
  }

  /**
   * Returns a caller's connection, in whose transaction something is to be written.
   *
   * @throws InvalidInputException when it commits each statement by itself
   */
  public static Connection inTransactionOf(Connection caller) throws SQLException {
    if (caller.getAutoCommit()) {
      throw new InvalidInputException(
          "connection", "auto-commit on", "a transaction with which this commits");
    }
    return caller;
  }

  /**
   * Has a transaction take SQLite's lock for writing, for which it waits now: one that has read
   * before may not get it later. Other databases have no such lock.
   */
  public void lockForWriting(Connection connection) throws SQLException {
    if (dialect == Dialect.SQLITE) {
      update(connection, "UPDATE w7s_schema SET version = version WHERE 0");
    }
  }

  private static void rollBack(Connection connection, Throwable reason) {
    try {
      connection.rollback();
    } catch (SQLException lost) { // then the database rolls back by itself
      reason.addSuppressed(lost);
    }
  }

  /** Leaves a connection as its pool gave it; not every pool does that by itself. */
  private static void setAutoCommit(Connection connection, boolean autoCommit) {
    try {
      connection.setAutoCommit(autoCommit);
    } catch (SQLException lost) { // the work has failed with it, or was committed before
      log.debug("a connection was lost", lost);
    }
  }

  /** Runs one statement; returns how many rows it changed. */
  public int update(String what, String sql, @Nullable Object... parameters) {
    return run(what, connection -> update(connection, sql, parameters));
  }

  /** Runs one statement in the transaction of a connection; returns how many rows it changed. */
  public int update(Connection connection, String sql, @Nullable Object... parameters)
      throws SQLException {
    return execute(connection, sql, PreparedStatement::executeUpdate, parameters);
  }

  /** Executes a statement that has its parameters. */
  private interface Execution<T> {
    T of(PreparedStatement statement) throws SQLException;
  }

  /** Executes one statement, as often as it takes if it is a transaction of its own. */
  private <T> T execute(
      Connection connection, String sql, Execution<T> execution, @Nullable Object... parameters)
      throws SQLException {
    Work<T> once =
        own -> {
          try (PreparedStatement statement = own.prepareStatement(text(sql))) {
            bind(statement, parameters);
            return execution.of(statement);
          }
        };
    return connection.getAutoCommit() ? retry(sql, connection, once) : once.run(connection);
  }

  /** Runs a statement once for each set of parameters; returns how many rows each has changed. */
  public int[] batch(Connection connection, String sql, List<@Nullable Object[]> parameters)
      throws SQLException {
    if (parameters.isEmpty()) {
      return new int[0];
    }
    try (PreparedStatement statement = connection.prepareStatement(text(sql))) {
      for (@Nullable Object[] each : parameters) {
        bind(statement, each);
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }

  /** Inserts a row unless there is one with its key; returns whether there was none. */
  public boolean insertIfAbsent(
      Connection connection, String insert, @Nullable Object... parameters) throws SQLException {
    return insert(connection, dialect.ifAbsent(insert), parameters);
  }

  /**
   * Runs a statement that inserts a row; returns whether it has. It has not when there is one with
   * its key; on PostgreSQL a transaction of several statements has failed then.
   */
  public boolean insert(Connection connection, String insert, @Nullable Object... parameters)
      throws SQLException {
    try {
      return update(connection, insert, parameters) == 1;
    } catch (SQLException e) {
      if (isDuplicate(e)) {
        return false;
      }
      throw e;
    }
  }

  /** Reads all rows of a query. */
  public <T> List<T> query(
      String what, String sql, RowReader<T> reader, @Nullable Object... parameters) {
    return run(what, connection -> query(connection, sql, reader, parameters));
  }

  /** Reads all rows of a query in the transaction of a connection. */
  public <T> List<T> query(
      Connection connection, String sql, RowReader<T> reader, @Nullable Object... parameters)
      throws SQLException {
    return execute(connection, sql, statement -> read(statement, reader), parameters);
  }

  private static <T> List<T> read(PreparedStatement query, RowReader<T> reader)
      throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      var read = new ArrayList<T>();
      while (rows.next()) {
        read.add(reader.read(rows));
      }
      return read;
    }
  }

  /** Returns whether a transaction failed because of another one, and may succeed the next time. */
  public static boolean wasInTheWay(SQLException failure) {
    return IN_THE_WAY.contains(String.valueOf(failure.getSQLState()));
  }

  /** Returns whether a statement failed because a row with the same key is there. */
  public static boolean isDuplicate(SQLException failure) {
    return DUPLICATE_KEY.equals(failure.getSQLState())
        || (failure.getNextException() != null && isDuplicate(failure.getNextException()));
  }

  /** Returns the condition that a column has one of so many values. */
  public static String in(String column, int values) {
    return column + " IN (" + String.join(", ", Collections.nCopies(values, "?")) + ")";
  }

  private static void bind(PreparedStatement statement, @Nullable Object... parameters)
      throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
  }

  private String text(String sql) {
    return time == null
        ? withDatabaseTime.computeIfAbsent(sql, text -> text.replace(":now", dialect.now()))
        : sql.replace(":now", String.valueOf(time.now().toEpochMilli()));
  }
}
