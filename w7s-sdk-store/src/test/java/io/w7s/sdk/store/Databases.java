package io.w7s.sdk.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import javax.sql.DataSource;

/** The real databases of the tests, each started once for all of them and migrated. */
public enum Databases {
  POSTGRESQL {
    @Override
    DataSource start() throws IOException {
      return pool(startPostgres().getJdbcUrl("postgres", "postgres"));
    }
  },

  SQLITE {
    @Override
    DataSource start() throws IOException {
      return sqlite();
    }
  },

  H2 {
    @Override
    DataSource start() {
      return pool("jdbc:h2:mem:store;DB_CLOSE_DELAY=-1");
    }
  };

  private DataSource dataSource;

  abstract DataSource start() throws IOException;

  /** Returns the database; starts it at the first call. */
  public synchronized DataSource dataSource() {
    if (dataSource == null) {
      try {
        dataSource = start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      StoreSchema.migrate(dataSource);
    }
    return dataSource;
  }

  /** Returns the URL of {@link #POSTGRESQL}. */
  static String postgresUrl() {
    return ((HikariDataSource) POSTGRESQL.dataSource()).getJdbcUrl();
  }

  /** Starts a server of its own, which ends with the JVM. */
  public static EmbeddedPostgres startPostgres() throws IOException {
    return EmbeddedPostgres.builder().start();
  }

  /** Returns a new SQLite database. */
  public static HikariDataSource sqlite() throws IOException {
    Path file = Files.createTempFile("w7s-store", ".db");
    file.toFile().deleteOnExit();
    return pool("jdbc:sqlite:" + file + "?journal_mode=WAL&busy_timeout=20000");
  }

  /** Returns a data source whose connections are in a transaction from the beginning. */
  static DataSource withoutAutoCommit(DataSource dataSource) {
    return proxy(
        DataSource.class,
        (proxy, method, args) -> {
          Connection connection = dataSource.getConnection();
          connection.setAutoCommit(false);
          return connection;
        });
  }

  /** Returns a data source that always gives the same connection and does not close it. */
  static DataSource alwaysThis(Connection connection) {
    Connection kept =
        proxy(
            Connection.class,
            (proxy, method, args) ->
                method.getName().equals("close") ? null : method.invoke(connection, args));
    return proxy(DataSource.class, (proxy, method, args) -> kept);
  }

  public static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            Databases.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> {
              try {
                return handler.invoke(proxy, method, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  public static HikariDataSource pool(String url) {
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(10);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }
}
