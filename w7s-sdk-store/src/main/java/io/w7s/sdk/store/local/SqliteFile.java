package io.w7s.sdk.store.local;

import io.w7s.sdk.error.ConfigurationException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.List;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Opens a file of this process alone, or says why that is not possible. */
final class SqliteFile {

  private static final String URL = "jdbc:sqlite:";

  /** "w7sq" as a number: whose file this is. */
  private static final int APPLICATION = 0x77377371;

  private static final int VERSION = 1;

  /** A process that is ending has the file for some moments more. */
  private static final int LOCK_WAIT_MILLIS = 2_000;

  private static final int BUSY = 5;
  private static final int NOT_A_DATABASE = 26;

  private static final List<String> SCHEMA =
      List.of(
          """
    CREATE TABLE w7s_queue (
      id integer PRIMARY KEY,
      app text NOT NULL,
      environment text NOT NULL,
      name text NOT NULL,
      consumer text NOT NULL,
      UNIQUE (app, environment, name)
    )""",
          """
    CREATE TABLE w7s_message (
      queue integer NOT NULL REFERENCES w7s_queue,
      id text NOT NULL,
      attempts integer NOT NULL,
      enqueued_at integer NOT NULL,
      available_at integer NOT NULL,
      caller_app text,
      caller_environment text,
      body blob NOT NULL,
      PRIMARY KEY (queue, id)
    )""",
          "PRAGMA application_id = " + APPLICATION,
          "PRAGMA user_version = " + VERSION);

  private SqliteFile() {}

  /** Returns a connection to the file, which nobody else can open as long as it is open. */
  static Connection open(Path given) {
    Path file = given.toAbsolutePath().normalize();
    if (file.getFileSystem() != FileSystems.getDefault() || file.toString().indexOf('?') >= 0) {
      throw refused(given, "its name cannot be that of an SQLite file", null);
    }
    Driver driver = driver(file);
    create(file);
    try {
      Connection connection = driver.connect(URL + file, new Properties());
      if (connection == null) {
        throw refused(file, "the SQLite driver does not take its name", null);
      }
      try {
        setUp(connection, file);
        return connection;
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw refused(file, reason(e), e);
    }
  }

  private static String reason(SQLException e) {
    return switch (e.getErrorCode()) {
      case BUSY -> "another process or another W7s uses it. Each sender needs a file of its own";
      case NOT_A_DATABASE -> "it is no SQLite database";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static ConfigurationException refused(
      Path file, String reason, @Nullable Exception cause) {
    return new ConfigurationException(
        "Cannot keep messages in %s: %s. Change w7s.local.store (variable W7S_LOCAL_STORE)."
            .formatted(file, reason),
        cause);
  }

  /** Looks where the store was loaded from, because a container may not show it its driver. */
  private static Driver driver(Path file) {
    Iterator<Driver> drivers =
        ServiceLoader.load(Driver.class, SqliteFile.class.getClassLoader()).iterator();
    boolean hasNext = true;
    while (hasNext) {
      try {
        hasNext = drivers.hasNext();
        Driver driver = hasNext ? drivers.next() : null;
        if (driver != null && driver.acceptsURL(URL + file)) {
          return driver;
        }
      } catch (ServiceConfigurationError | SQLException anotherDatabase) {
        hasNext = true; // a driver that cannot be used says nothing about the next
      }
    }
    throw new ConfigurationException(
        "Cannot keep messages in %s: the SQLite driver is missing. Add org.xerial:sqlite-jdbc to the class path."
            .formatted(file));
  }

  /** Messages may be secret: the file is its owner's, where the file system knows owners. */
  private static void create(Path file) {
    Path folder = file.getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw refused(file, "it is a folder", null);
    }
    if (!Files.isDirectory(folder)) {
      throw refused(file, "there is no folder " + folder, null);
    }
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownersOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try {
      Files.createFile(file, ownersOnly);
    } catch (FileAlreadyExistsException usual) {
      if (!Files.isWritable(file)) {
        throw refused(file, "it cannot be written", usual);
      }
    } catch (IOException e) {
      throw refused(file, "it cannot be created: " + e, e);
    }
  }

  private static void setUp(Connection connection, Path file) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + LOCK_WAIT_MILLIS);
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("BEGIN EXCLUSIVE"); // from here on the file is locked
      if (number(statement, "SELECT count(*) FROM sqlite_schema") == 0) {
        for (String sql : SCHEMA) {
          statement.execute(sql);
        }
      } else if (number(statement, "PRAGMA application_id") != APPLICATION) {
        throw refused(file, "it is a database of something else", null);
      } else if (number(statement, "PRAGMA user_version") > VERSION) {
        throw refused(file, "a newer version of w7s-sdk-store has made it", null);
      }
      statement.execute("COMMIT");
      // Not before it is known whose file it is: this is written into it.
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
    }
  }

  private static int number(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getInt(1);
    }
  }
}
