package io.w7s.sdk.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.spi.MessageStore;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.testing.contract.MessageStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queues of local mode in a file. */
class SqliteMessageStoreTest {

  private static final MessageStore.Queue JOBS =
      new MessageStore.Queue(AppId.parse("acme/worker"), Environment.PRODUCTION, "jobs");

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("messages.db");
  }

  @Nested
  class Contract extends MessageStoreContract {

    private MessageStore store;

    @BeforeEach
    void open() {
      store = SqliteMessageStore.open(file);
    }

    @AfterEach
    void close() {
      store.close();
    }

    @Override
    protected MessageStore store() {
      return store;
    }

    @Override
    protected MessageStore reopened() {
      store.close();
      open();
      return store;
    }
  }

  private static void refuses(Path file, String reason) {
    assertThatThrownBy(() -> SqliteMessageStore.open(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Cannot keep messages in " + file)
        .hasMessageContaining(reason)
        .hasMessageContaining("w7s.local.store");
  }

  @Test
  void aFileHasOneUserAtATime() {
    try (SqliteMessageStore store = SqliteMessageStore.open(file)) {
      refuses(file, "another process or another W7s uses it");
      assertThat(store.queues()).isEmpty();
    }
    SqliteMessageStore.open(file).close();
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedAndLeftAlone() throws IOException {
    Files.writeString(file, "notes of somebody, which nobody may overwrite".repeat(100));

    refuses(file, "it is no SQLite database");
    assertThat(file).content().startsWith("notes of somebody");
  }

  @Test
  void aDatabaseOfSomethingElseIsRefused() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE customers (id integer)");
    }

    refuses(file, "it is a database of something else");
  }

  @Test
  void aDatabaseThatIsRefusedIsLeftAsItWas() throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE customers (id integer)");
    }
    byte[] before = Files.readAllBytes(file);

    refuses(file, "it is a database of something else");

    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void aFileOfANewerVersionIsRefused() throws SQLException {
    SqliteMessageStore.open(file).close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 2");
    }

    refuses(file, "a newer version of w7s-sdk-store has made it");
  }

  @Test
  void aPlaceThatCannotHoldAFileIsRefused() {
    refuses(folder, "it is a folder");
    refuses(Path.of("/"), "it is a folder");
    refuses(folder.resolve("none").resolve("messages.db"), "there is no folder " + folder);
    refuses(folder.resolve("what?.db"), "its name cannot be that of an SQLite file");
    refuses(folder.resolve("x".repeat(300)), "it cannot be created");
  }

  @Test
  void namesThatSqliteHasAMeaningForAreNamesOfFiles() {
    for (String name :
        new String[] {":memory:", "file:x", "with 'quotes' & 100%.db", "\u00e4.db"}) {
      SqliteMessageStore.open(folder.resolve(name)).close();
      assertThat(folder.resolve(name)).isRegularFile();
    }
  }

  @Test
  void theFileIsItsOwnersAlone() throws IOException {
    try (SqliteMessageStore store = SqliteMessageStore.open(file)) {
      store.declare(JOBS, "/jobs");
      try (var files = Files.list(folder)) {
        assertThat(files)
            .isNotEmpty()
            .allSatisfy(
                each ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                        .isEqualTo("rw-------"));
      }
    }
  }

  @Test
  void aClosedStoreSaysSo() {
    SqliteMessageStore store = SqliteMessageStore.open(file);
    store.close();
    store.close();

    assertThatThrownBy(store::queues)
        .isInstanceOf(StoreException.class)
        .hasMessage("cannot read queues in " + file + ": the store is closed");
  }

  @Test
  void aFailureNamesTheFileAndTheReason() {
    try (SqliteMessageStore store = SqliteMessageStore.open(file)) {
      Instant now = Instant.parse("2026-05-25T12:00:00Z");
      var message = new MessageStore.Message("0".repeat(32), 1, now, now, null, new byte[] {'1'});

      assertThatThrownBy(() -> store.save(JOBS, List.of(message)))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("cannot keep a message in " + file)
          .hasMessageContaining("NOT NULL");
      store.declare(JOBS, "/jobs");
      store.save(JOBS, List.of(message));
      assertThat(store.load(JOBS)).hasSize(1);
    }
  }

  /** As out of memory is one. */
  @Test
  void anErrorInTheMiddleOfAWriteKeepsNothingAndTheStoreGoesOn() {
    Instant now = Instant.parse("2026-05-25T12:00:00Z");
    List<MessageStore.Message> failing =
        new AbstractList<>() {
          @Override
          public MessageStore.Message get(int index) {
            if (index == 1) {
              throw new StackOverflowError();
            }
            return message("0", now);
          }

          @Override
          public int size() {
            return 2;
          }
        };
    try (SqliteMessageStore store = SqliteMessageStore.open(file)) {
      store.declare(JOBS, "/jobs");

      assertThatThrownBy(() -> store.save(JOBS, failing)).isInstanceOf(StackOverflowError.class);

      assertThat(store.load(JOBS)).isEmpty();
      store.save(JOBS, List.of(message("1", now)));
      assertThat(store.load(JOBS)).hasSize(1);
    }
  }

  private static MessageStore.Message message(String digit, Instant time) {
    return new MessageStore.Message(digit.repeat(32), 1, time, time, null, new byte[] {'1'});
  }

  @Test
  void aRowThatIsDamagedIsAFailureOfTheStore() throws SQLException {
    Instant now = Instant.parse("2026-05-25T12:00:00Z");
    try (SqliteMessageStore store = SqliteMessageStore.open(file)) {
      store.declare(JOBS, "/jobs");
      store.save(JOBS, List.of(message("1", now)));
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE w7s_message SET id = 'another'");
    }

    try (SqliteMessageStore store = SqliteMessageStore.open(file)) {
      assertThatThrownBy(() -> store.load(JOBS))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("cannot read messages in " + file)
          .hasMessageContaining("id of a kept message");
    }
  }

  @Test
  void aFileThatLacksAPartIsRefused() throws IOException {
    Instant now = Instant.parse("2026-05-25T12:00:00Z");
    try (SqliteMessageStore store = SqliteMessageStore.open(file)) {
      store.declare(JOBS, "/jobs");
      store.save(JOBS, List.of(message("1", now)));
    }
    byte[] whole = Files.readAllBytes(file);

    for (int length : new int[] {100, 4_096, whole.length - 4_096}) {
      Files.write(file, Arrays.copyOf(whole, length));
      refuses(file, "malformed");
    }
  }
}
