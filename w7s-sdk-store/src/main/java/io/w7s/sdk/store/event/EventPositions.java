package io.w7s.sdk.store.event;

import io.w7s.sdk.store.internal.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives committed events their positions, so that the order of positions is one in which events
 * become visible: whoever has read up to a position has missed nothing before it. A number drawn
 * when an event is inserted could not do that, because transactions commit in another order than
 * they draw numbers; a reader would pass the number of one that is still open.
 *
 * <p>An open transaction delays nobody: its events get their positions when it has committed. One
 * process at a time gives positions, and it commits before the next one begins. Events of one
 * stream are inserted one after the other, so among those that wait for a position the order of
 * insertion is theirs.
 */
final class EventPositions {

  private static final int AT_ONCE = 1_000;

  private static final int MOST_REFUSALS = 20;
  private static final long NONE = -1;

  private static final String ANY =
      "SELECT 1 FROM w7s_event WHERE position IS NULL AND seq <= ? ORDER BY seq LIMIT 1";

  /**
   * One statement, so that a process that is stopped cannot hold the lock. The lock is taken before
   * the first position is drawn, and released when they can be seen. The condition is there twice:
   * who has waited for the lock sees events that have a position by now, and leaves them.
   */
  private static final String POSTGRESQL =
      "WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(5017943388264402251)),"
          + " numbered AS MATERIALIZED (SELECT seq, nextval('w7s_event_positions') AS position FROM"
          + " (SELECT e.seq FROM locked, w7s_event e WHERE e.position IS NULL ORDER BY e.seq LIMIT "
          + AT_ONCE
          + ") unnumbered)"
          + " UPDATE w7s_event e SET position = numbered.position FROM numbered"
          + " WHERE e.seq = numbered.seq AND e.position IS NULL";

  /** On SQLite transactions that write run one after the other, and seq is in that order. */
  private static final String SQLITE =
      "UPDATE w7s_event SET position = seq WHERE seq IN"
          + " (SELECT seq FROM w7s_event WHERE position IS NULL ORDER BY seq LIMIT "
          + AT_ONCE
          + ")";

  private final Database database;

  EventPositions(Database database) {
    this.database = database;
  }

  /** Gives a position to each event that was committed before this call. */
  void giveToNewEvents() {
    database.run(
        "order the events",
        connection -> {
          // How many one go has numbered says nothing: others may have numbered what it has seen.
          long last = lastNew(connection);
          int refused = 0;
          while (last != NONE && hasNew(connection, last)) {
            try {
              give(connection);
            } catch (SQLException e) {
              // Two processes were in each other's way, and one of them begins anew.
              if (!Database.wasInTheWay(e) || ++refused == MOST_REFUSALS) {
                throw e;
              }
            }
          }
          return last;
        });
  }

  private long lastNew(Connection connection) throws SQLException {
    return database
        .query(
            connection,
            "SELECT seq FROM w7s_event WHERE position IS NULL ORDER BY seq DESC LIMIT 1",
            row -> row.getLong(1))
        .stream()
        .findFirst()
        .orElse(NONE);
  }

  private boolean hasNew(Connection connection, long last) throws SQLException {
    return !database.query(connection, ANY, row -> row.getInt(1), last).isEmpty();
  }

  private int give(Connection connection) throws SQLException {
    return switch (database.dialect()) {
      case POSTGRESQL -> database.update(connection, POSTGRESQL);
      case SQLITE -> database.update(connection, SQLITE);
      case H2 -> database.inTransaction(connection, this::giveOnH2);
    };
  }

  private int giveOnH2(Connection connection) throws SQLException {
    database.update(connection, "UPDATE w7s_event_positions SET last = last"); // the lock
    List<Long> unnumbered =
        database.query(
            connection,
            "SELECT seq FROM w7s_event WHERE position IS NULL ORDER BY seq LIMIT " + AT_ONCE,
            row -> row.getLong(1));
    long last =
        database
            .query(connection, "SELECT last FROM w7s_event_positions", row -> row.getLong(1))
            .get(0);
    var rows = new ArrayList<@Nullable Object[]>();
    for (long seq : unnumbered) {
      rows.add(new @Nullable Object[] {++last, seq});
    }
    database.batch(connection, "UPDATE w7s_event SET position = ? WHERE seq = ?", rows);
    return database.update(connection, "UPDATE w7s_event_positions SET last = ?", last);
  }
}
