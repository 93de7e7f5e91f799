package io.w7s.sdk.store.event;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.store.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import org.slf4j.LoggerFactory;

/** Replays all events of a database, and writes down each. */
final class ReplayProcess {

  private ReplayProcess() {}

  /** Takes the URL of the database. */
  public static void main(String[] args) throws Exception {
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    try (HikariDataSource pool = Databases.pool(args[0]);
        Connection connection = pool.getConnection();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO replayed (id) VALUES (?)")) {
      Replay.of(EventStore.of(pool), EventQuery.all())
          .named("all")
          .toHandler(
              event -> {
                insert.setString(1, event.id());
                insert.executeUpdate();
              });
    }
  }
}
