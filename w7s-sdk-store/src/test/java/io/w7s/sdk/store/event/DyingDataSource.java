package io.w7s.sdk.store.event;

import io.w7s.sdk.store.Databases;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * The database of a process that dies at one of its accesses: before the database has it, or before
 * the process has the response. All its connections end then.
 */
final class DyingDataSource implements DataSource {

  /** Unwinds what is left of the process. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  private final DataSource real;
  private final int diesAt;
  private final boolean afterwards;
  private final List<Connection> open = new ArrayList<>();
  private int accesses;
  private boolean dead;

  /**
   * Makes one.
   *
   * @param diesAt the number of the access, from 1
   * @param afterwards whether the database still does what it was asked for
   */
  DyingDataSource(DataSource real, int diesAt, boolean afterwards) {
    this.real = real;
    this.diesAt = diesAt;
    this.afterwards = afterwards;
  }

  boolean isDead() {
    return dead;
  }

  /** Closes what was not closed, as the end of the process does. */
  void end() throws SQLException {
    for (Connection connection : open) {
      connection.close();
    }
    open.clear();
  }

  @Override
  public Connection getConnection() throws SQLException {
    mustLive();
    Connection connection = real.getConnection();
    open.add(connection);
    return Databases.proxy(
        Connection.class,
        (proxy, method, args) ->
            switch (method.getName()) {
              case "prepareStatement" -> statement(invoke(connection, method, args));
              case "commit" -> access(() -> invoke(connection, method, args));
              case "rollback", "setAutoCommit", "close" ->
                  dead ? null : invoke(connection, method, args);
              default -> invoke(connection, method, args);
            });
  }

  private PreparedStatement statement(Object real) {
    return Databases.proxy(
        PreparedStatement.class,
        (proxy, method, args) ->
            method.getName().startsWith("execute")
                ? access(() -> invoke(real, method, args))
                : invoke(real, method, args));
  }

  private interface Access {
    Object make() throws Exception;
  }

  private synchronized Object access(Access access) throws Exception {
    mustLive();
    boolean last = ++accesses == diesAt;
    if (last && !afterwards) {
      die();
    }
    Object result = access.make();
    if (last) {
      die();
    }
    return result;
  }

  private void die() throws SQLException {
    dead = true;
    for (Connection connection : open) {
      if (connection.getClass().getName().contains("postgresql")) {
        connection.abort(Runnable::run);
      } else {
        if (!connection.isClosed() && !connection.getAutoCommit()) {
          connection.rollback();
        }
        connection.close();
      }
    }
    throw new Killed();
  }

  private void mustLive() {
    if (dead) {
      throw new Killed();
    }
  }

  private static Object invoke(Object target, Method method, Object[] args) throws Exception {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

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
    throw new SQLException(type + " is not wrapped");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
