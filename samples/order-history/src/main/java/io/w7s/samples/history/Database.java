package io.w7s.samples.history;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.store.StoreSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The database that the shop and the warehouse share. */
final class Database {

  /** The environment variable with its JDBC URL. */
  static final String VARIABLE = "ORDER_HISTORY_DB";

  private Database() {}

  /** Connects to it, and makes the tables that are missing. */
  static HikariDataSource open(String jdbcUrl) throws SQLException {
    var pool = new HikariDataSource();
    pool.setJdbcUrl(jdbcUrl);
    StoreSchema.migrate(pool);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS orders (id varchar(50) PRIMARY KEY,"
              + " customer varchar(50) NOT NULL, product varchar(50) NOT NULL)");
    }
    return pool;
  }
}
