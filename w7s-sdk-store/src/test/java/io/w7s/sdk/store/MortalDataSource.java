package io.w7s.sdk.store;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * The pool of a process that dies at one of its accesses to the database: before it, while the
 * database is at it, or after it, when nobody gets the answer. Then all its connections are cut
 * off, and whatever is left of the process gets an {@link Error} for each further access. Used by
 * one thread.
 */
final class MortalDataSource implements DataSource {

  /** When in an access the process dies. */
  enum Moment {
    BEFORE,
    DURING,
    AFTER
  }

  /** What the process does with the database. */
  enum Access {
    LOOK_UP("SELECT message_key FROM "),
    CLAIM("INSERT INTO w7s_processed"),
    TAKE_OVER("UPDATE w7s_processed SET owner"),
    ASK_STATE("SELECT done_at"),
    EFFECT("INSERT INTO effects"),
    MARK("UPDATE w7s_processed SET done_at"),
    COMMIT(""),
    COMPLETE("UPDATE w7s_processed SET done_at"),
    KEEP("INSERT INTO w7s_parked"),
    FIND_PARKED("SELECT queue, message_key, state"),
    REMOVE_PARKED("DELETE FROM w7s_parked");

    private final String sql;

    Access(String sql) {
      this.sql = sql;
    }

    static Access of(String sql, boolean inTransaction) {
      for (Access access : values()) {
        if (access != COMMIT && sql.startsWith(access.sql) && (access != MARK || inTransaction)) {
          return access;
        }
      }
      throw new IllegalArgumentException(sql);
    }
  }

  /** A place where the process may die. */
  record Place(Access access, Moment moment) {}

  /** Decides at each place whether the process dies there. */
  interface Fate {
    boolean diesAt(Place place);
  }

  /** Ends a connection as the end of its process does, or the database itself. */
  interface Killer {
    void kill(Connection connection) throws SQLException;
  }

  /** Unwinds what is left of the process. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  private static final Set<String> EXECUTIONS = Set.of("executeQuery", "executeUpdate");

  private final DataSource real;
  private final Killer killer;
  private final Fate fate;
  private final List<Connection> open = new ArrayList<>();
  private final Deque<Connection> idle = new ArrayDeque<>();
  private boolean dead;

  MortalDataSource(DataSource real, Killer killer, Fate fate) {
    this.real = real;
    this.killer = killer;
    this.fate = fate;
  }

  boolean isDead() {
    return dead;
  }

  @Override
  public Connection getConnection() throws SQLException {
    mustLive();
    Connection connection = idle.poll();
    if (connection == null) {
      connection = real.getConnection();
      open.add(connection);
    }
    return mortal(connection);
  }

  /** Ends the process in peace. */
  void close() throws SQLException {
    for (Connection connection : open) {
      connection.close();
    }
    open.clear();
  }

  private void mustLive() {
    if (dead) {
      throw new Killed();
    }
  }

  private Connection mortal(Connection connection) {
    return Databases.proxy(
        Connection.class,
        (proxy, method, args) -> {
          if (method.getName().equals("close")) {
            if (!dead) {
              connection.setAutoCommit(true);
              idle.push(connection);
            }
            return null;
          }
          mustLive();
          return switch (method.getName()) {
            case "prepareStatement" ->
                mortal(
                    connection,
                    connection.prepareStatement((String) args[0]),
                    Access.of((String) args[0], !connection.getAutoCommit()));
            case "commit" ->
                access(connection, Access.COMMIT, () -> method.invoke(connection, args));
            default -> method.invoke(connection, args);
          };
        });
  }

  private PreparedStatement mortal(
      Connection connection, PreparedStatement statement, Access access) {
    return Databases.proxy(
        PreparedStatement.class,
        (proxy, method, args) -> {
          if (EXECUTIONS.contains(method.getName())) {
            return access(connection, access, () -> method.invoke(statement, args));
          }
          if (dead) { // close() included
            throw new Killed();
          }
          return method.invoke(statement, args);
        });
  }

  private interface Call {
    Object run() throws ReflectiveOperationException;
  }

  private Object access(Connection connection, Access access, Call call)
      throws ReflectiveOperationException, SQLException, InterruptedException {
    mustLive();
    if (fate.diesAt(new Place(access, Moment.BEFORE))) {
      throw die();
    }
    if (fate.diesAt(new Place(access, Moment.DURING))) {
      var killing =
          new Thread(
              () -> {
                try {
                  killer.kill(connection);
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      killing.start();
      try {
        call.run();
      } catch (InvocationTargetException broken) {
        // so it was cut off before the database had answered
      }
      killing.join();
      throw die();
    }
    Object result = call.run();
    if (fate.diesAt(new Place(access, Moment.AFTER))) {
      throw die();
    }
    return result;
  }

  private Killed die() throws SQLException {
    dead = true;
    for (Connection connection : open) {
      killer.kill(connection);
    }
    return new Killed();
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public PrintWriter getLogWriter() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setLogWriter(PrintWriter out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setLoginTimeout(int seconds) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("wraps nothing");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
