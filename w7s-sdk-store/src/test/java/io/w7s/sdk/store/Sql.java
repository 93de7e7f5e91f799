package io.w7s.sdk.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Single statements of tests. */
public final class Sql {

  private Sql() {}

  /** Runs statements, one after the other. */
  public static void execute(DataSource dataSource, String... statements) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Returns the number that a query finds. */
  public static long number(DataSource dataSource, String query) throws SQLException {
    return Long.parseLong(texts(dataSource, query).get(0));
  }

  /** Returns the first column of what a query finds. */
  public static List<String> texts(DataSource dataSource, String query) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      var texts = new ArrayList<String>();
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
      return texts;
    }
  }
}
