package io.w7s.sdk.store.workflow;

import static io.w7s.sdk.store.workflow.RunRows.HELD;
import static io.w7s.sdk.store.workflow.RunRows.THIS_RUN;

import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Dialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rows of steps. One is written only while its run has the epoch of the attempt. */
final class StepRows {

  private static final String COLUMNS =
      "workflow, instance, name, position, kind, value_type, state, attempts, body, error,"
          + " written_at, due_at";

  private static final String READ =
      "SELECT " + COLUMNS + " FROM w7s_step WHERE " + THIS_RUN + " ORDER BY position";

  private static final String WRITE_ON_H2 =
      "MERGE INTO w7s_step ("
          + COLUMNS
          + ") KEY (workflow, instance, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  /**
   * Costs less than {@link #writeIfHeld}: for {@code ON CONFLICT} PostgreSQL looks into the index
   * twice, and this has nothing to return.
   */
  static final String INSERT_NEW = insertIfHeld(Dialect.POSTGRESQL, " AND cancel_reason IS NULL");

  private static final String LOCK_ON_H2 =
      Dialect.H2.returning("UPDATE w7s_run SET epoch = epoch WHERE " + HELD, "cancel_reason");

  private final Database database;
  private final String writeIfHeld;

  StepRows(Database database) {
    this.database = database;
    this.writeIfHeld = writeIfHeld(database.dialect());
  }

  /** Returns all steps of a run in the order of their positions. */
  List<StepRecord> read(RunId run) {
    return database.query("read steps", READ, StepRows::step, run.workflow(), run.instance());
  }

  private static StepRecord step(ResultSet row) throws SQLException {
    return new StepRecord(
        row.getInt("position"),
        row.getString("name"),
        StepRecord.Kind.valueOf(row.getString("kind")),
        row.getString("value_type"),
        StepRecord.State.valueOf(row.getString("state")),
        row.getInt("attempts"),
        RunRows.json(row, "body"),
        row.getString("error"),
        Instant.ofEpochMilli(row.getLong("written_at")),
        RunRows.instant(row, "due_at"));
  }

  /** Writes a step; see {@link StepLog#write}. */
  Optional<String> write(HeldRun run, StepRecord step) {
    Database.Work<Optional<String>> write = connection -> write(connection, run, step);
    return database.dialect().hasOnConflict()
        ? database.run("write a step", write)
        : database.retryInTransaction("write a step", write);
  }

  /** Writes a step that is new to its run; see {@link StepLog#writeNew}. */
  Optional<String> writeNew(HeldRun run, StepRecord step) {
    boolean isWritten =
        database.dialect() == Dialect.POSTGRESQL
            && run.cancelReason() == null
            && database.run(
                "write a step",
                connection -> database.insert(connection, INSERT_NEW, parameters(run, step, true)));
    return isWritten ? Optional.empty() : write(run, step);
  }

  /**
   * Writes a step in the transaction of a connection; returns why the run is to be cancelled, empty
   * when it is not.
   *
   * @throws LeaseLostException when another process has taken the run
   */
  Optional<String> write(Connection connection, HeldRun run, StepRecord step) throws SQLException {
    RunId id = run.id();
    List<Optional<String>> written;
    if (database.dialect().hasOnConflict()) {
      written =
          database.query(
              connection, writeIfHeld, StepRows::cancelReason, parameters(run, step, true));
    } else {
      written =
          database.query(
              connection,
              LOCK_ON_H2,
              StepRows::cancelReason,
              id.workflow(),
              id.instance(),
              run.epoch());
      if (!written.isEmpty() && !isDone(connection, id, step.name())) {
        database.update(connection, WRITE_ON_H2, parameters(run, step, false));
      } else {
        written = List.of();
      }
    }
    if (written.isEmpty()) {
      throw new LeaseLostException(id.toString());
    }
    return written.get(0);
  }

  /** Returns the parameters of a step, and if asked for those of {@link RunRows#HELD}. */
  private static @Nullable Object[] parameters(HeldRun run, StepRecord step, boolean withHeld) {
    RunId id = run.id();
    RawJson value = step.value();
    Instant dueAt = step.dueAt();
    var parameters = new ArrayList<@Nullable Object>();
    parameters.add(id.workflow());
    parameters.add(id.instance());
    parameters.add(step.name());
    parameters.add(step.position());
    parameters.add(step.kind().name());
    parameters.add(step.type());
    parameters.add(step.state().name());
    parameters.add(step.attempts());
    parameters.add(value == null ? null : value.utf8());
    parameters.add(step.error());
    parameters.add(step.at().toEpochMilli());
    parameters.add(dueAt == null ? null : dueAt.toEpochMilli());
    if (withHeld) {
      parameters.add(id.workflow());
      parameters.add(id.instance());
      parameters.add(run.epoch());
    }
    return parameters.toArray();
  }

  private boolean isDone(Connection connection, RunId run, String step) throws SQLException {
    return !database
        .query(
            connection,
            "SELECT 1 FROM w7s_step WHERE " + THIS_RUN + " AND name = ? AND state = 'DONE'",
            row -> row.getInt(1),
            run.workflow(),
            run.instance(),
            step)
        .isEmpty();
  }

  private static Optional<String> cancelReason(ResultSet row) throws SQLException {
    return Optional.ofNullable(row.getString(1));
  }

  /**
   * Returns the statement that inserts a step if the run is held and a condition holds. PostgreSQL
   * locks the row of the run, so that no other process takes it in the meantime.
   */
  static String insertIfHeld(Dialect dialect, String condition) {
    // PostgreSQL has to be told the types of parameters that may be null.
    boolean typed = dialect == Dialect.POSTGRESQL;
    return "INSERT INTO w7s_step ("
        + COLUMNS
        + ") SELECT ?, ?, ?, ?, ?, ?, ?, ?, "
        + (typed ? "CAST(? AS bytea), CAST(? AS text), ?, CAST(? AS bigint)" : "?, ?, ?, ?")
        + " FROM w7s_run WHERE "
        + HELD
        + condition
        + (typed ? " FOR NO KEY UPDATE" : "");
  }

  /**
   * Writes a step, and nothing unless the run is held; until then nobody else can take it. A step
   * that is done stays so: whoever writes it again has lost the response to a commit, and its
   * attempt is over.
   */
  static String writeIfHeld(Dialect dialect) {
    return insertIfHeld(dialect, "")
        + " ON CONFLICT (workflow, instance, name) DO UPDATE SET position = excluded.position,"
        + " kind = excluded.kind, value_type = excluded.value_type, state = excluded.state,"
        + " attempts = excluded.attempts, body = excluded.body, error = excluded.error,"
        + " written_at = excluded.written_at, due_at = excluded.due_at"
        + (" WHERE w7s_step.state <> '" + StepRecord.State.DONE + "' RETURNING (SELECT")
        + " cancel_reason FROM w7s_run r WHERE r.workflow = w7s_step.workflow AND r.instance ="
        + " w7s_step.instance)";
  }
}
