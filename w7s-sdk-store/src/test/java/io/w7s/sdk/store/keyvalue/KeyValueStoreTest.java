package io.w7s.sdk.store.keyvalue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.contract.KeyValueStoreContract;
import io.w7s.sdk.store.internal.Dialect;
import io.w7s.sdk.store.internal.KeyValueRows;
import io.w7s.sdk.store.keyvalue.KeyValueStore.Entry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The stores of values by key, in memory and on each database. */
class KeyValueStoreTest {

  private static final Instant START = Instant.parse("2026-05-25T12:00:00Z");

  @Nested
  class InMemory extends KeyValueStoreContract {

    private final VirtualTime time = new VirtualTime(START, 1);
    private final Map<String, KeyValueStore<Note>> stores = new HashMap<>();

    @Override
    protected synchronized KeyValueStore<Note> store(String name) {
      return stores.computeIfAbsent(
          name, any -> KeyValueStore.inMemory(TypeRef.of(Note.class), JacksonCodec.create(), time));
    }

    @Override
    protected void pass(Duration duration) {
      time.advance(duration);
    }

    @Test
    void aValueThatChangesAfterItWasPutIsKeptAsItWas() {
      KeyValueStore<List<String>> lists = KeyValueStore.inMemory(new TypeRef<>() {});
      var list = new ArrayList<>(List.of("a"));
      lists.put("k", list);
      list.add("b");

      assertThat(lists.get("k").orElseThrow().value()).containsExactly("a");
    }
  }

  @Nested
  class OnPostgresql extends OnDatabase {
    OnPostgresql() {
      super(Databases.POSTGRESQL);
    }

    @Test
    void listsAndPurgesReadNoMoreThanTheyReturn() throws SQLException {
      try (Connection connection = Databases.POSTGRESQL.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute(
            "INSERT INTO w7s_key_value SELECT 'plans', convert_to('key ' || i, 'UTF8'), '\\x00', i,"
                + " CASE WHEN i % 2 = 0 THEN i END FROM generate_series(1, 20000) i");
        statement.execute("ANALYZE w7s_key_value");

        assertThat(
                plan(
                    connection,
                    KeyValueRows.list("?"),
                    "plans",
                    "key 12".getBytes(UTF_8),
                    "key 12z".getBytes(UTF_8),
                    10))
            .contains("using w7s_key_value_pkey")
            .contains("Index Cond: (((store)::text = ")
            .contains("entry_key >= ")
            .doesNotContain("Seq Scan")
            .doesNotContain("Sort");
        assertThat(plan(connection, KeyValueRows.purge(Dialect.POSTGRESQL), "plans", 100))
            .contains("using w7s_key_value_expires_at")
            .doesNotContain("Seq Scan")
            .doesNotContain("Rows Removed by Filter");
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }

    private String plan(Connection connection, String sql, Object... parameters)
        throws SQLException {
      try (PreparedStatement explain =
          connection.prepareStatement(
              "EXPLAIN (ANALYZE, TIMING OFF) " + sql.replace(":now", "500::bigint"))) {
        for (int i = 0; i < parameters.length; i++) {
          explain.setObject(i + 1, parameters[i]);
        }
        var plan = new StringBuilder();
        try (ResultSet lines = explain.executeQuery()) {
          while (lines.next()) {
            plan.append(lines.getString(1)).append('\n');
          }
        }
        return plan.toString();
      }
    }
  }

  @Nested
  class OnSqlite extends OnDatabase {
    OnSqlite() {
      super(Databases.SQLITE);
    }
  }

  @Nested
  class OnH2 extends OnDatabase {
    OnH2() {
      super(Databases.H2);
    }

    /** Where every other table would be sorted as a German does. */
    @Test
    void theOrderDoesNotDependOnTheCollation() throws SQLException {
      try (HikariDataSource german =
          Databases.pool("jdbc:h2:mem:german;DB_CLOSE_DELAY=-1;DATABASE_TO_UPPER=TRUE")) {
        try (Connection connection = german.getConnection();
            Statement statement = connection.createStatement()) {
          statement.execute("SET COLLATION GERMAN");
        }
        StoreSchema.migrate(german);
        var store = JdbcKeyValueStore.of(german, "sorted", Integer.class);
        for (String key : List.of("b", "ä", "B", "a", "A")) {
          store.put(key, 1);
        }

        assertThat(store.list("", 10))
            .extracting(Entry::key)
            .containsExactly("A", "B", "a", "b", "ä");
      }
    }
  }

  abstract static class OnDatabase extends KeyValueStoreContract {

    private final DataSource dataSource;
    private final VirtualTime time = new VirtualTime(START, 1);
    private final String name = UUID.randomUUID().toString();

    OnDatabase(Databases database) {
      dataSource = database.dataSource();
    }

    @Override
    protected JdbcKeyValueStore<Note> store(String name) {
      return JdbcKeyValueStore.builder(dataSource, name, TypeRef.of(Note.class)).time(time).build();
    }

    @Override
    protected void pass(Duration duration) {
      time.advance(duration);
    }

    private interface Transaction {
      void run(Connection connection) throws SQLException;
    }

    private void transaction(boolean commits, Transaction transaction) throws SQLException {
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        transaction.run(connection);
        if (commits) {
          connection.commit();
        } else {
          connection.rollback();
        }
        connection.setAutoCommit(true);
      }
    }

    @Test
    void writesTakePartInTheCallersTransaction() throws SQLException {
      JdbcKeyValueStore<Note> store = store(name);
      long one = store.put("one", new Note("old"));
      long two = store.put("two", new Note("old"));
      store.put("three", new Note("old"));
      for (boolean commits : new boolean[] {false, true}) {
        transaction(
            commits,
            connection -> {
              store.put(connection, "new", new Note("new"));
              store.put(connection, "expires", new Note("new"), Duration.ofHours(1));
              assertThat(store.replace(connection, "one", two, new Note("late"))).isEmpty();
              assertThat(store.replace(connection, "one", one, new Note("new"))).isPresent();
              assertThat(store.delete(connection, "two", one)).isFalse();
              assertThat(store.delete(connection, "two", two)).isTrue();
              assertThat(store.delete(connection, "three")).isTrue();
              assertThat(store.delete(connection, "three")).isFalse();
              long version = store.get(connection, "expires").orElseThrow().version();
              assertThat(
                      store.replace(
                          connection, "expires", version, new Note("newer"), Duration.ofHours(2)))
                  .isPresent();
              store.put(connection, "three", new Note("again"));
            });
        assertThat(store.list("", 10))
            .extracting(entry -> entry.key() + " " + entry.value().text())
            .isEqualTo(
                commits
                    ? List.of("expires newer", "new new", "one new", "three again")
                    : List.of("one old", "three old", "two old"));
      }
      pass(Duration.ofHours(2));
      assertThat(store.get("expires")).isEmpty();
    }

    @Test
    void aConnectionThatCommitsByItselfIsRefused() throws SQLException {
      JdbcKeyValueStore<Note> store = store(name);
      try (Connection connection = dataSource.getConnection()) {
        assertThatThrownBy(() -> store.put(connection, "k", new Note("")))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("auto-commit");
        assertThatThrownBy(() -> store.delete(connection, "k"))
            .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> store.replace(connection, "k", 1, new Note("")))
            .isInstanceOf(InvalidInputException.class);
      }
    }

    @Test
    void purgesInChunksAndByItselfWhileValuesArePut() throws SQLException {
      JdbcKeyValueStore<Note> store = store(name);
      transaction(
          true,
          connection -> {
            for (int i = 0; i < 2_100; i++) {
              store.put(connection, "k" + i, new Note("old"), Duration.ofSeconds(1));
            }
          });
      pass(Duration.ofSeconds(30));
      assertThat(rows()).isEqualTo(2_100);
      assertThat(store.purge()).isEqualTo(1_000);
      assertThat(store.purge()).isEqualTo(1_000);
      pass(Duration.ofSeconds(31));
      store.put("new", new Note("new"));
      assertThat(rows()).isEqualTo(1);
    }

    private int rows() throws SQLException {
      try (Connection connection = dataSource.getConnection();
          PreparedStatement count =
              connection.prepareStatement("SELECT count(*) FROM w7s_key_value WHERE store = ?")) {
        count.setString(1, name);
        try (ResultSet rows = count.executeQuery()) {
          rows.next();
          return rows.getInt(1);
        }
      }
    }

    @Test
    void entriesExpireByTheDatabasesClockWhenNoneIsSet() {
      JdbcKeyValueStore<Note> real = JdbcKeyValueStore.of(dataSource, name, Note.class);
      Instant before = Instant.now();
      real.put("k", new Note("k"), Duration.ofHours(1));
      real.put("forever", new Note("forever"));

      assertThat(real.purge()).isZero();
      assertThat(real.list("", 10)).hasSize(2);
      assertThat(real.get("k").orElseThrow().expiry().orElseThrow())
          .isBetween(before.plusSeconds(3_500), before.plusSeconds(3_700));
    }

    @Test
    void aNameThatIsOutOfBoundsIsRefused() {
      for (String bad : List.of("", "x".repeat(101), "a\nb", "\ud800")) {
        assertThatThrownBy(() -> JdbcKeyValueStore.of(dataSource, bad, Note.class))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("name of the store");
      }
    }

    @Test
    void genericValuesAreKept() {
      JdbcKeyValueStore<List<Note>> lists =
          JdbcKeyValueStore.of(dataSource, name, new TypeRef<>() {});
      lists.put("k", List.of(new Note("a"), new Note("b")));

      assertThat(lists.get("k").orElseThrow().value())
          .containsExactly(new Note("a"), new Note("b"));
    }
  }
}
