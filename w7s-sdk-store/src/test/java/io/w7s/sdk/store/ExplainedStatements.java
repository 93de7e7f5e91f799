package io.w7s.sdk.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** What PostgreSQL does for each statement: it is run, and taken back, once before it is run. */
final class ExplainedStatements {

  private static final Pattern BLOCKS = Pattern.compile("shared hit=(\\d+)(?: read=(\\d+))?");

  private final List<Explained> statements = new ArrayList<>();

  /** A statement, and how it was run. */
  record Explained(String sql, String plan) {

    /** Returns how many blocks of tables and indexes were looked at. */
    int blocks() {
      int most = 0;
      Matcher each = BLOCKS.matcher(plan);
      while (each.find()) {
        int read = each.group(2) == null ? 0 : Integer.parseInt(each.group(2));
        most = Math.max(most, Integer.parseInt(each.group(1)) + read);
      }
      return most;
    }
  }

  /** Returns the statements so far. */
  List<Explained> statements() {
    return statements;
  }

  /** Returns a data source whose prepared statements are explained. */
  DataSource of(DataSource dataSource) {
    return Databases.proxy(
        DataSource.class,
        (proxy, method, args) -> {
          Object result = method.invoke(dataSource, args);
          return result instanceof Connection connection ? of(connection) : result;
        });
  }

  private Connection of(Connection connection) {
    return Databases.proxy(
        Connection.class,
        (proxy, method, args) -> {
          Object result = method.invoke(connection, args);
          return result instanceof PreparedStatement statement
              ? of(connection, statement, (String) args[0])
              : result;
        });
  }

  private PreparedStatement of(Connection connection, PreparedStatement statement, String sql) {
    var parameters = new TreeMap<Integer, Object>();
    return Databases.proxy(
        PreparedStatement.class,
        (proxy, method, args) -> {
          switch (method.getName()) {
            case "setObject" -> parameters.put((Integer) args[0], args[1]);
            case "addBatch", "executeQuery", "executeUpdate" ->
                statements.add(new Explained(sql, explain(connection, sql, parameters)));
            default -> {}
          }
          return method.invoke(statement, args);
        });
  }

  private static String explain(
      Connection connection, String sql, SortedMap<Integer, Object> parameters)
      throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    Savepoint before = connection.setSavepoint();
    var plan = new StringBuilder();
    try (PreparedStatement explain =
        connection.prepareStatement("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) " + sql)) {
      for (var parameter : parameters.entrySet()) {
        explain.setObject(parameter.getKey(), parameter.getValue());
      }
      try (ResultSet lines = explain.executeQuery()) {
        while (lines.next() && !lines.getString(1).startsWith("Planning")) {
          plan.append(lines.getString(1)).append('\n');
        }
      }
    }
    connection.rollback(before);
    if (autoCommit) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    return plan.toString();
  }
}
