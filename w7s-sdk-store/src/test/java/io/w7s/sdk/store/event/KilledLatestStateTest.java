package io.w7s.sdk.store.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.keyvalue.KeyValueStore.Entry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/**
 * A process that catches up or rebuilds dies at every access to the database. Each event counts
 * once, and nothing is left over.
 */
class KilledLatestStateTest {

  record Item(String kind) {}

  private static final SubjectRef<Item> ADDED = SubjectRef.of("items.added.killed", Item.class);
  private static final int KINDS = 3;

  /** More than one page. */
  private static final int ITEMS = 120;

  private static final int MOST_ACCESSES = 200;

  @TempDir private Path directory;

  @Test
  void onPostgresqlEachEventCountsOnce() throws SQLException {
    diesAtEveryAccess(Databases.POSTGRESQL.dataSource());
  }

  /** Without a pool: a connection that has died cannot be used again. */
  @Test
  void onSqliteEachEventCountsOnce() throws SQLException {
    var sqlite = new SQLiteDataSource();
    sqlite.setUrl("jdbc:sqlite:" + directory.resolve("w7s.db") + "?journal_mode=WAL");
    StoreSchema.migrate(sqlite);
    diesAtEveryAccess(sqlite);
  }

  @Test
  void onH2EachEventCountsOnce() throws SQLException {
    diesAtEveryAccess(Databases.H2.dataSource());
  }

  private static void diesAtEveryAccess(DataSource database) throws SQLException {
    EventStore events = EventStore.of(database);
    events.appendAll(
        batch -> {
          for (int i = 0; i < ITEMS; i++) {
            batch.add(ADDED, new Item("kind " + i % KINDS));
          }
        });
    for (boolean rebuilds : new boolean[] {false, true}) {
      int deaths = 0;
      boolean lives = false;
      for (int access = 1; !lives; access++) {
        assertThat(access).isLessThan(MOST_ACCESSES);
        for (boolean afterwards : new boolean[] {false, true}) {
          String name = (rebuilds ? "rebuilt " : "caught up ") + access + afterwards;
          if (rebuilds) {
            counts(events, name).catchUp();
          }
          var dying = new DyingDataSource(database, access, afterwards);
          try {
            LatestState<Integer> mortal = counts(EventStore.of(dying), name);
            long applied = rebuilds ? mortal.rebuild() : mortal.catchUp();
            assertThat(applied).isEqualTo(ITEMS);
          } catch (DyingDataSource.Killed expected) {
            deaths++;
          }
          dying.end();
          lives |= !dying.isDead();
          checkAfterDeath(database, events, name, rebuilds);
        }
      }
      assertThat(deaths).as("deaths").isGreaterThan(20);
    }
  }

  private static LatestState<Integer> counts(EventStore events, String name) {
    return LatestState.builder(events, name, Integer.class)
        .query(EventQuery.all().subject(ADDED))
        .key(event -> event.data(Item.class).kind())
        .apply((former, event) -> former == null ? 1 : former + 1)
        .build();
  }

  private static void checkAfterDeath(
      DataSource database, EventStore events, String name, boolean rebuilds) throws SQLException {
    LatestState<Integer> state = counts(events, name);
    if (rebuilds) { // readers have one of the two, whole
      assertThat(read(state)).isEqualTo(all());
    }
    state.catchUp();
    assertThat(read(state)).isEqualTo(all());
    if (rebuilds) {
      state.rebuild();
      assertThat(read(state)).isEqualTo(all());
      assertThat(count(database, "w7s_latest_state WHERE name = '" + name + "'")).isEqualTo(1);
      assertThat(count(database, "w7s_key_value WHERE store LIKE 'latest state " + name + " %'"))
          .isEqualTo(KINDS);
    }
  }

  private static Map<String, Integer> all() {
    return Map.of("kind 0", ITEMS / KINDS, "kind 1", ITEMS / KINDS, "kind 2", ITEMS / KINDS);
  }

  private static Map<String, Integer> read(LatestState<Integer> state) {
    return state.list("", 100).stream().collect(Collectors.toMap(Entry::key, Entry::value));
  }

  private static int count(DataSource database, String from) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + from)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
