package io.w7s.sdk.bridge;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.store.JdbcProcessedMessages;
import io.w7s.sdk.store.StoreSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

/** A service in a process of its own that ends once, at a given moment, as a killed one does. */
final class JobService {

  static final QueueRef<Integer> JOBS = AppRef.of("acme/worker").queue("jobs", Integer.class);

  /** The message at which a process ends that ends within its batch. */
  static final int FATAL = 3;

  /** When the first process ends. */
  enum Moment {
    BEFORE_HANDLING,
    DURING_HANDLING,
    AFTER_AN_EFFECT,
    BEFORE_THE_RESPONSE
  }

  private final Path folder;
  private final Moment moment;
  private final DataSource database;
  private final JdbcProcessedMessages processed;

  private JobService(Path folder, Moment moment) {
    this.folder = folder;
    this.moment = moment;
    this.database = database(folder);
    this.processed = JdbcProcessedMessages.of(database);
  }

  static DataSource database(Path folder) {
    var sqlite = new SQLiteDataSource();
    sqlite.setUrl("jdbc:sqlite:" + folder.resolve("w7s.db") + "?journal_mode=WAL");
    return sqlite;
  }

  static void migrate(DataSource database) throws SQLException {
    StoreSchema.migrate(database);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE effects (job int NOT NULL)");
    }
  }

  static List<Integer> effects(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT job FROM effects ORDER BY job")) {
      var jobs = new ArrayList<Integer>();
      while (rows.next()) {
        jobs.add(rows.getInt(1));
      }
      return jobs;
    }
  }

  /** Takes a folder, a port, a moment, and whether each message is consumed once. */
  public static void main(String[] args) throws IOException {
    var service = new JobService(Path.of(args[0]), Moment.valueOf(args[2]));
    W7sApp app = service.app(Boolean.parseBoolean(args[3]));
    AppHandler signed =
        SignedHandler.builder(service.around(app), SigningSecrets.of(Secrets.ONE)).build();
    LoopbackServer.start(signed, Integer.parseInt(args[1]));
    System.out.println("serves");
  }

  private W7sApp app(boolean once) {
    var app = W7sApp.builder(new AppRef(JOBS.app()));
    if (once) {
      app.consumption(
          each ->
              each.once(processed)
                  .lease(Duration.ofSeconds(1))
                  .longestWait(Duration.ofSeconds(10)));
    }
    return app.on(JOBS, message -> handle(message, once)).build();
  }

  private AppHandler around(W7sApp app) {
    return request -> {
      endAt(Moment.BEFORE_HANDLING);
      AppResponse response = app.handle(request);
      endAt(Moment.BEFORE_THE_RESPONSE);
      return response;
    };
  }

  private void handle(QueueMessage<Integer> message, boolean once) throws SQLException {
    if (message.body() == FATAL) {
      endAt(Moment.DURING_HANDLING);
    }
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO effects VALUES (?)")) {
        insert.setInt(1, message.body());
        insert.executeUpdate();
      }
      if (once) {
        processed.complete(message.claim(), connection);
      }
      connection.commit();
    }
    if (message.body() == FATAL) {
      endAt(Moment.AFTER_AN_EFFECT);
    }
  }

  /**
   * Ends the first process that comes here at its moment, without anything that a JVM does then.
   */
  private void endAt(Moment now) {
    if (now != moment) {
      return;
    }
    try {
      Files.createFile(folder.resolve("ended"));
    } catch (FileAlreadyExistsException secondProcess) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().halt(137);
  }
}
