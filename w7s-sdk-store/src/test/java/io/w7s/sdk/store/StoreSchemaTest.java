package io.w7s.sdk.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.store.event.EventQuery;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.StoredEvent;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** The tables, whoever makes them. */
class StoreSchemaTest {

  private static final int THREADS = 8;

  @TempDir private Path directory;

  @Test
  void migratesTwiceOnPostgresql() throws Exception {
    try (var postgres = Databases.startPostgres()) {
      migratesTwice(postgres.getPostgresDatabase());
    }
  }

  @Test
  void migratesTwiceOnSqlite() throws Exception {
    migratesTwice(sqlite());
  }

  @Test
  void migratesTwiceOnH2() throws Exception {
    var h2 = new JdbcDataSource();
    h2.setUrl("jdbc:h2:" + directory.resolve("h2"));
    migratesTwice(h2);
  }

  private static void migratesTwice(DataSource dataSource) throws SQLException {
    StoreSchema.migrate(dataSource);
    JdbcProcessedMessages.of(dataSource).complete("acme/worker/jobs", "m1");

    StoreSchema.migrate(dataSource);

    assertMigratedOnce(dataSource);
    assertThat(JdbcProcessedMessages.of(dataSource).done("acme/worker/jobs", List.of("m1")))
        .containsExactly("m1");
  }

  @Test
  void eightThreadsMigrateAtOnceOnPostgresql() throws Exception {
    try (var postgres = Databases.startPostgres()) {
      migrateAtOnce(postgres.getPostgresDatabase());
    }
  }

  @Test
  void eightThreadsMigrateAtOnceOnSqlite() throws Exception {
    migrateAtOnce(sqlite());
  }

  private static void migrateAtOnce(DataSource dataSource) throws Exception {
    var start = new CyclicBarrier(THREADS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      var migrations = new ArrayList<Callable<Void>>();
      for (int i = 0; i < THREADS; i++) {
        migrations.add(
            () -> {
              start.await();
              StoreSchema.migrate(dataSource);
              return null;
            });
      }
      for (Future<Void> migration : threads.invokeAll(migrations)) {
        migration.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertMigratedOnce(dataSource);
  }

  @Test
  void anotherDatabaseIsRefusedByName() {
    DataSource mysql = named("MySQL");

    assertThatThrownBy(() -> StoreSchema.migrate(mysql))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("MySQL")
        .hasMessageContaining("PostgreSQL, SQLite and H2");
    assertThatThrownBy(() -> JdbcProcessedMessages.of(mysql))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> JdbcParkedMessages.of(mysql))
        .isInstanceOf(ConfigurationException.class);
  }

  @Test
  void aMigrationThatFailsChangesNothing() throws Exception {
    SQLiteDataSource sqlite = sqlite();
    Sql.execute(sqlite, "CREATE TABLE w7s_parked (of_somebody_else integer)");

    assertThatThrownBy(() -> StoreSchema.migrate(sqlite)).isInstanceOf(StoreException.class);

    assertThat(tables(sqlite)).containsExactly("w7s_parked");
  }

  @Test
  void connectionsWithoutAutoCommitMigrateToo() throws Exception {
    SQLiteDataSource sqlite = sqlite();

    StoreSchema.migrate(Databases.withoutAutoCommit(sqlite));

    assertMigratedOnce(sqlite);
  }

  @Test
  void flywayRunsTheScriptsBesideTheApplicationsOwn() throws Exception {
    try (var postgres = Databases.startPostgres()) {
      DataSource dataSource = postgres.getPostgresDatabase();
      Sql.execute(dataSource, "CREATE TABLE orders (id integer)");
      Flyway application =
          Flyway.configure()
              .dataSource(dataSource)
              .locations("filesystem:" + directory)
              .baselineOnMigrate(true)
              .load();
      application.migrate();

      assertThat(flyway(dataSource).load().migrate().migrationsExecuted)
          .isEqualTo(StoreSchema.SCRIPTS.size());
      assertThat(flyway(dataSource).load().migrate().migrationsExecuted).isZero();

      assertMigratedOnce(dataSource);
      StoreSchema.migrate(dataSource);
      assertMigratedOnce(dataSource);
      application.validate();
      worksOn(dataSource);
    }
  }

  @Test
  void flywayMayTakeOverFromMigrate() throws Exception {
    try (var postgres = Databases.startPostgres()) {
      DataSource dataSource = postgres.getPostgresDatabase();
      StoreSchema.migrate(dataSource);

      flyway(dataSource).load().migrate();

      assertMigratedOnce(dataSource);
      worksOn(dataSource);
    }
  }

  @Test
  void anUpgradeFromEachVersionKeepsWhatIsThereOnPostgresql() throws Exception {
    for (int version = 1; version < StoreSchema.SCRIPTS.size(); version++) {
      try (var postgres = Databases.startPostgres()) {
        upgrades(postgres.getPostgresDatabase(), "postgresql", version);
      }
    }
  }

  @Test
  void anUpgradeFromEachVersionKeepsWhatIsThereOnSqlite() throws Exception {
    for (int version = 1; version < StoreSchema.SCRIPTS.size(); version++) {
      var sqlite = new SQLiteDataSource();
      sqlite.setUrl("jdbc:sqlite:" + directory.resolve("version" + version + ".db"));
      upgrades(sqlite, "sqlite", version);
    }
  }

  @Test
  void anUpgradeFromEachVersionKeepsWhatIsThereOnH2() throws Exception {
    for (int version = 1; version < StoreSchema.SCRIPTS.size(); version++) {
      var h2 = new JdbcDataSource();
      h2.setUrl("jdbc:h2:" + directory.resolve("version" + version));
      upgrades(h2, "h2", version);
    }
  }

  private static void upgrades(DataSource dataSource, String folder, int version) throws Exception {
    for (String name : StoreSchema.SCRIPTS.subList(0, version)) {
      for (String sql : script(folder + "/" + name).split(";", -1)) {
        if (!sql.isBlank()) {
          Sql.execute(dataSource, sql);
        }
      }
    }
    Sql.execute(
        dataSource,
        "INSERT INTO w7s_processed (queue, message_key, owner, claims, lease_until, done_at)"
            + " VALUES ('acme/worker/jobs', 'old', 1, 1, 0, 1)");
    if (version > 1) {
      Sql.execute(
          dataSource,
          "INSERT INTO w7s_event (id, subject, happened_at, body) VALUES ('old', 'orders.created',"
              + " 1, CAST('{}' AS "
              + (folder.equals("postgresql") ? "bytea" : "varbinary(2)")
              + "))");
    }

    StoreSchema.migrate(dataSource);

    assertMigratedOnce(dataSource);
    assertThat(JdbcProcessedMessages.of(dataSource).done("acme/worker/jobs", List.of("old")))
        .containsExactly("old");
    EventStore events = EventStore.of(dataSource);
    SubjectRef<Object> created = SubjectRef.of("orders.created", Object.class);
    events.append(created, Map.of("id", 1), event -> event.id("new"));
    assertThat(events.stream(EventQuery.all()).map(StoredEvent::id).toList())
        .isEqualTo(version > 1 ? List.of("old", "new") : List.of("new"));
  }

  private static String script(String name) throws IOException {
    try (InputStream in = StoreSchema.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^\\s*--.*$", "");
    }
  }

  private static FluentConfiguration flyway(DataSource dataSource) {
    return Flyway.configure()
        .dataSource(dataSource)
        .locations("classpath:io/w7s/sdk/store/postgresql")
        .table("w7s_flyway")
        .baselineOnMigrate(true)
        .baselineVersion("0");
  }

  private static void worksOn(DataSource dataSource) {
    JdbcProcessedMessages processed = JdbcProcessedMessages.of(dataSource);
    processed.complete(
        processed.claim("acme/worker/jobs", "m1", Duration.ofSeconds(10), true).claim());
    assertThat(processed.done("acme/worker/jobs", List.of("m1", "m2"))).containsExactly("m1");
  }

  private SQLiteDataSource sqlite() {
    var sqlite = new SQLiteDataSource();
    sqlite.setUrl("jdbc:sqlite:" + directory.resolve("w7s.db") + "?busy_timeout=20000");
    return sqlite;
  }

  private static void assertMigratedOnce(DataSource dataSource) throws SQLException {
    assertThat(Sql.texts(dataSource, "SELECT script FROM w7s_schema"))
        .containsExactlyInAnyOrder(
            "V1__w7s_consumption.sql",
            "V2__w7s_events.sql",
            "V3__w7s_key_value.sql",
            "V4__w7s_blobs.sql",
            "V5__w7s_delivered_events.sql",
            "V6__w7s_used_signatures.sql",
            "V7__w7s_steps.sql",
            "V8__w7s_signals.sql",
            "V9__w7s_run_admin.sql",
            "V10__w7s_run_leases.sql",
            "V11__w7s_run_started.sql");
  }

  private static List<String> tables(DataSource sqlite) throws SQLException {
    return Sql.texts(sqlite, "SELECT name FROM sqlite_master WHERE type = 'table'");
  }

  /** Returns a database that has a name and nothing else. */
  private static DataSource named(String product) {
    DatabaseMetaData metaData = answering(DatabaseMetaData.class, product);
    Connection connection = answering(Connection.class, metaData);
    return answering(DataSource.class, connection);
  }

  private static <T> T answering(Class<T> type, Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "getAutoCommit" -> true;
                  case "close" -> null;
                  default -> answer;
                }));
  }
}
