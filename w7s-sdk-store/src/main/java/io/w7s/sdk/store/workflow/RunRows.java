package io.w7s.sdk.store.workflow;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.Environment;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Dialect;
import io.w7s.sdk.store.internal.Texts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of runs. A run is taken when its {@code due_at} has come: that counts its {@code epoch}
 * up and moves {@code due_at} to the end of the lease.
 */
final class RunRows {

  private static final int MAX_WORKFLOW = 400;
  private static final int MAX_INSTANCE = 200;

  private static final String INSERT =
      "INSERT INTO w7s_run (workflow, instance, state, epoch, failures, due_at, payload,"
          + " created_at, caller_app, caller_environment, started_at) VALUES (?, ?, 'WAITING', 0,"
          + " 0, :now, ?, ?, ?, ?, :now)";

  private static final String STEP_COUNT =
      "(SELECT count(*) FROM w7s_step s WHERE s.workflow = w7s_run.workflow AND s.instance ="
          + " w7s_run.instance)";

  /** A run that is still running was left by a process that has died. */
  private static final String TAKE =
      "UPDATE w7s_run SET state = 'RUNNING', epoch = epoch + 1, due_at = :now + ?, takeovers = CASE"
          + " WHEN state <> 'RUNNING' THEN 0 WHEN step_count = "
          + STEP_COUNT
          + " THEN takeovers + 1 ELSE 1 END, step_count = "
          + STEP_COUNT
          + " WHERE ";

  static final String INPUT =
      "workflow, instance, payload, created_at, caller_app, caller_environment";

  private static final String TAKEN = INPUT + ", epoch, failures, due_at, takeovers, cancel_reason";

  /**
   * The runs that are held, or were until their lease ended: few, and with an index of their own.
   */
  static final String LEFT = "state = 'RUNNING' AND ";

  static final String ANY = "";

  /**
   * A run that is found by its key. What is asked for beside the key must not be what a partial
   * index is made for, such as {@code due_at IS NOT NULL}, which follows from any comparison: of a
   * table that seems to be nearly empty, PostgreSQL's planner reads such an index from end to end.
   */
  static final String THIS_RUN = "workflow = ? AND instance = ?";

  private static final String IS_DUE = " AND COALESCE(due_at, " + Long.MAX_VALUE + ") <= :now";

  /** Whether it has not ended. */
  static final String OPEN = THIS_RUN + " AND state IN ('RUNNING', 'WAITING')";

  static final String HELD = THIS_RUN + " AND epoch = ? AND state = 'RUNNING'";

  /** Only a run that was left by a process that has died has a takeover. */
  private static final String GIVE_BACK =
      "UPDATE w7s_run SET state = CASE WHEN takeovers = 0 THEN 'WAITING' ELSE state END, takeovers ="
          + " CASE WHEN takeovers = 0 THEN 0 ELSE takeovers - 1 END, due_at = ? WHERE "
          + HELD;

  static final String RENEW = "UPDATE w7s_run SET due_at = :now + ? WHERE " + HELD;

  private final Database database;

  RunRows(Database database) {
    this.database = database;
  }

  /** Starts a run unless it is there, and takes it if it is due. */
  Optional<HeldRun> start(NewRun run, Duration lease) {
    RunId id = checked(run.id());
    Instant createdAt = run.createdAt();
    Caller caller = run.caller();
    return database.run(
        "start a run",
        connection -> {
          database.insertIfAbsent(
              connection,
              INSERT,
              id.workflow(),
              id.instance(),
              run.payload().utf8(),
              createdAt == null ? null : createdAt.toEpochMilli(),
              caller == null ? null : caller.app().toString(),
              caller == null ? null : caller.environment().toString());
          return take(connection, lease, THIS_RUN + IS_DUE, List.of(id.workflow(), id.instance()));
        });
  }

  static RunId checked(RunId id) {
    Texts.name("workflow", id.workflow(), MAX_WORKFLOW);
    Texts.name("instance id", id.instance(), MAX_INSTANCE);
    return id;
  }

  /** Takes the run that has been due the longest, of those that a process has left first. */
  Optional<HeldRun> takeDue(Collection<String> workflows, Duration lease) {
    return database.run(
        "take a run that is due",
        connection -> {
          Optional<HeldRun> left = takeDue(connection, LEFT, workflows, lease);
          return left.isPresent() ? left : takeDue(connection, ANY, workflows, lease);
        });
  }

  private Optional<HeldRun> takeDue(
      Connection connection, String which, Collection<String> workflows, Duration lease)
      throws SQLException {
    Dialect dialect = database.dialect();
    return dialect.hasOnConflict()
        ? take(
            connection, lease, oldestDue(dialect, which, workflows.size()), List.copyOf(workflows))
        : takeByKey(connection, which, workflows, lease);
  }

  /** Takes a run by its key: H2 would look at each that is due for one that a query finds. */
  private Optional<HeldRun> takeByKey(
      Connection connection, String which, Collection<String> workflows, Duration lease)
      throws SQLException {
    while (true) {
      List<List<String>> oldest =
          database.query(
              connection,
              oldestDueKey(database.dialect(), which, workflows.size()),
              row -> List.of(row.getString(1), row.getString(2)),
              workflows.toArray());
      if (oldest.isEmpty()) {
        return Optional.empty();
      }
      Optional<HeldRun> taken = take(connection, lease, THIS_RUN + IS_DUE, oldest.get(0));
      if (taken.isPresent()) { // otherwise another process has it
        return taken;
      }
    }
  }

  /**
   * Returns the condition that a row, which is found by something else, is of one of the workflows.
   * It is written so that no index can be searched for it, and so that a planner does not take it
   * for rare: one that knows nothing of the table would look at each run of the workflow.
   */
  static String ofWorkflows(int workflows) {
    return "CASE WHEN " + Database.in("workflow", workflows) + " THEN 1 END IS NOT NULL";
  }

  /** Returns the statement of {@link #takeDue}. */
  static String takeDueSql(Dialect dialect, String which, int workflows) {
    return dialect.returning(TAKE + oldestDue(dialect, which, workflows), TAKEN);
  }

  /** The time is there twice, for a run that another process takes in the meantime. */
  static String oldestDue(Dialect dialect, String which, int workflows) {
    return "(workflow, instance) = (" + oldestDueKey(dialect, which, workflows) + ")" + IS_DUE;
  }

  /** Returns the query for the key of the run that has been due the longest. */
  static String oldestDueKey(Dialect dialect, String which, int workflows) {
    return "SELECT workflow, instance FROM w7s_run WHERE "
        + which
        + "due_at <= (SELECT :now) AND "
        + ofWorkflows(workflows)
        + " ORDER BY due_at LIMIT 1"
        + (dialect.skipsLocked() ? " FOR UPDATE SKIP LOCKED" : "");
  }

  private Optional<HeldRun> take(
      Connection connection, Duration lease, String where, List<String> parameters)
      throws SQLException {
    var all = new ArrayList<@Nullable Object>();
    all.add(lease.toMillis());
    all.addAll(parameters);
    return database
        .query(
            connection,
            database.dialect().returning(TAKE + where, TAKEN),
            row -> held(row, lease),
            all.toArray())
        .stream()
        .findFirst();
  }

  private static HeldRun held(ResultSet row, Duration lease) throws SQLException {
    Instant now = Instant.ofEpochMilli(row.getLong("due_at")).minus(lease);
    return new HeldRun(
        input(row),
        row.getLong("epoch"),
        row.getInt("failures"),
        now,
        row.getInt("takeovers"),
        row.getString("cancel_reason"));
  }

  /** Reads what a run was started with; see {@link #INPUT}. */
  static NewRun input(ResultSet row) throws SQLException {
    String app = row.getString("caller_app");
    return new NewRun(
        new RunId(row.getString("workflow"), row.getString("instance")),
        RawJson.of(row.getBytes("payload")),
        instant(row, "created_at"),
        app == null
            ? null
            : new Caller(AppId.parse(app), Environment.of(row.getString("caller_environment"))));
  }

  static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  static @Nullable RawJson json(ResultSet row, String column) throws SQLException {
    byte[] json = row.getBytes(column);
    return json == null ? null : RawJson.of(json);
  }

  /** Returns when the next run is due. */
  Optional<Duration> untilDue(Collection<String> workflows) {
    return database
        .query(
            "look for the next run",
            untilDueSql(workflows.size()),
            row -> Duration.ofMillis(Math.max(0, row.getLong(1))),
            workflows.toArray())
        .stream()
        .findFirst();
  }

  /** Returns the statement of {@link #untilDue}. */
  static String untilDueSql(int workflows) {
    return "SELECT due_at - :now FROM w7s_run WHERE due_at IS NOT NULL AND "
        + ofWorkflows(workflows)
        + " ORDER BY due_at LIMIT 1";
  }

  /** Lets a run go as if it had not been taken; returns whether it was still held. */
  boolean giveBack(HeldRun run) {
    RunId id = run.id();
    return database.update(
            "give a run back",
            GIVE_BACK,
            run.now().toEpochMilli(),
            id.workflow(),
            id.instance(),
            run.epoch())
        == 1;
  }

  /** Extends a lease; returns whether it was still held. */
  boolean renew(HeldRun run, Duration lease) {
    RunId id = run.id();
    return database.update(
            "renew a lease", RENEW, lease.toMillis(), id.workflow(), id.instance(), run.epoch())
        == 1;
  }
}
