package io.w7s.samples.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The story goes as README.md tells it, with processes that are really killed. */
class StoryTest {

  @TempDir private Path directory;

  @Test
  void isToldOnSqlite() throws Exception {
    isTold(
        "jdbc:sqlite:" + directory.resolve("orders.db") + "?journal_mode=WAL&busy_timeout=20000",
        "SQLite");
  }

  @Test
  void isToldOnPostgresql() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      isTold(postgres.getJdbcUrl("postgres", "postgres"), "PostgreSQL");
    }
  }

  private static void isTold(String jdbcUrl, String product) throws Exception {
    var lines = new ArrayList<String>();
    Story.tell(jdbcUrl, lines::add);

    assertThat(lines)
        .extracting(line -> line.split(" ", 2)[0])
        .containsExactly(
            "database",
            "placed",
            "packed",
            "history",
            "history",
            "history",
            "audit",
            "large",
            "parked",
            "crash",
            "recovery",
            "loss",
            "reconciled",
            "replay",
            "sum");
    assertThat(line(lines, "database")).contains(product);
    assertThat(line(lines, "packed")).contains("3 orders");
    assertThat(lines.subList(3, 6).toString())
        .containsSubsequence(
            "-1, 1. ",
            " orders.placed ",
            "-1, 2. ",
            " acme/warehouse/packing ",
            "-1, 3. ",
            " orders.packed ");
    assertThat(line(lines, "audit")).contains("customer ann").endsWith(": 6 events");
    assertThat(line(lines, "large")).contains("-4 has a").endsWith("got a picture of 100000");
    assertThat(line(lines, "parked"))
        .contains("-5 after 1 attempt: there is no unicorn on any shelf")
        .endsWith("-6 behind it is packed");
    assertThat(line(lines, "crash")).endsWith("; 0 queues have it, 1 in the outbox");
    assertThat(line(lines, "recovery")).contains("-7, and it is packed");
    assertThat(line(lines, "loss")).contains("-8 is sent").endsWith("; 0 in the outbox, 0 packed");
    assertThat(line(lines, "reconciled")).containsPattern("resends: [1-5]\\), and it is packed");
    assertThat(line(lines, "replay"))
        .contains("finds 8 orders; 8 replayed")
        .endsWith("{ann=3, ben=5}");
    assertThat(line(lines, "sum"))
        .endsWith("8 placed, 7 packed, 0 of them twice, 1 parked, 0 not confirmed");
  }

  private static String line(List<String> lines, String chapter) {
    return lines.stream().filter(line -> line.startsWith(chapter)).findFirst().orElseThrow();
  }
}
