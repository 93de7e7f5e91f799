package io.w7s.sdk.store.workflow;

import static io.w7s.sdk.store.workflow.RunRows.HELD;
import static io.w7s.sdk.store.workflow.RunRows.THIS_RUN;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunAdministration;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.step.SignalResult;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepRecord;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Dialect;
import io.w7s.sdk.workflow.RunProgress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the steps of durable workflows in a database, for all processes that use it.
 * Thread-safe.
 *
 * <pre>{@code
 * StoreSchema.migrate(dataSource);
 * var log = JdbcStepLog.of(dataSource);
 * var app = W7sApp.builder(SHOP).steps(log).on(CHECKOUT, (run, steps) -> ...).build();
 * WorkflowRunner.start(app);
 * }</pre>
 *
 * <p>An attempt reads the steps of its run once. Each step is then one statement that commits by
 * itself; it locks the row of the run and writes only if the run still has the epoch of the
 * attempt. (H2 has no such statement; there it is a transaction of two.) Leases go by the
 * database's clock. The data source must give connections that no transaction of the thread is
 * bound to.
 *
 * <p>On SQLite set a {@code busy_timeout}: one connection writes at a time, and another that finds
 * the database locked for longer than that fails with a {@link StoreException}.
 */
public final class JdbcStepLog implements StepLog {

  private static final String LOCK = "UPDATE w7s_run SET epoch = epoch WHERE " + HELD;
  private static final String SUSPEND =
      "UPDATE w7s_run SET state = 'WAITING', due_at = ?, failures = ?, error = ? WHERE " + HELD;

  private static final String SUSPEND_UNLESS_CANCELLED =
      SUSPEND.replace(
          "due_at = ?", "due_at = CASE WHEN cancel_reason IS NULL THEN ? ELSE :now END");

  private static final String END =
      "UPDATE w7s_run SET state = ?, due_at = NULL, output = ?, error = ?, ended_at = :now WHERE "
          + HELD;

  private static final String STATUS =
      "SELECT state, output, error, due_at FROM w7s_run WHERE " + THIS_RUN;

  private static final String PROGRESS_ON_H2 =
      "MERGE INTO w7s_run_progress (workflow, instance, status, done, written_at) KEY (workflow,"
          + " instance) VALUES (?, ?, ?, ?, ?)";

  private final Database database;
  private final RunRows runs;
  private final StepRows steps;
  private final RunEventRows events;
  private final @Nullable TimeSource time;

  private JdbcStepLog(DataSource dataSource, @Nullable TimeSource time) {
    this.database = new Database(dataSource, time);
    this.runs = new RunRows(database);
    this.steps = new StepRows(database);
    this.events = new RunEventRows(database);
    this.time = time;
  }

  /**
   * Returns a log.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when the database is not PostgreSQL, SQLite or
   *     H2
   * @throws StoreException when it cannot be reached
   */
  public static JdbcStepLog of(DataSource dataSource) {
    return new JdbcStepLog(dataSource, null);
  }

  /** Returns a log with a clock of its own instead of the database's, for tests. */
  public static JdbcStepLog of(DataSource dataSource, TimeSource time) {
    return new JdbcStepLog(dataSource, time);
  }

  @Override
  public TimeSource time() {
    return time == null ? TimeSource.system() : time;
  }

  @Override
  public Optional<HeldRun> start(NewRun run, Duration lease) {
    return runs.start(run, lease);
  }

  @Override
  public Optional<HeldRun> takeDue(Collection<String> workflows, Duration lease) {
    return runs.takeDue(workflows, lease);
  }

  @Override
  public Optional<Duration> untilDue(Collection<String> workflows) {
    return runs.untilDue(workflows);
  }

  @Override
  public void giveBack(HeldRun run) {
    if (!runs.giveBack(run)) {
      throw new LeaseLostException(run.id().toString());
    }
  }

  @Override
  public boolean renew(HeldRun run, Duration lease) {
    return runs.renew(run, lease);
  }

  @Override
  public List<StepRecord> steps(RunId run) {
    return steps.read(run);
  }

  @Override
  public Optional<String> write(HeldRun run, StepRecord step) {
    return steps.write(run, step);
  }

  @Override
  public Optional<String> writeNew(HeldRun run, StepRecord step) {
    return steps.writeNew(run, step);
  }

  @Override
  public void suspend(HeldRun run, Instant dueAt, int failures, @Nullable String error) {
    String sql = run.cancelReason() == null ? SUSPEND_UNLESS_CANCELLED : SUSPEND;
    change(run, "suspend a run", sql, dueAt.toEpochMilli(), failures, error);
  }

  @Override
  public SignalResult signal(RunId run, EventRecord event) {
    return database.retryInTransaction(
        "keep an event for a run", connection -> events.signal(connection, run, event));
  }

  @Override
  public Optional<EventRecord> nextEvent(RunId run, String event) {
    return events.next(run, event);
  }

  @Override
  public Optional<String> take(HeldRun run, StepRecord step, EventRecord event) {
    return database.retryInTransaction(
        "write a step with its event",
        connection -> {
          Optional<String> cancelReason = steps.write(connection, run, step);
          events.take(connection, run.id(), step.name(), event);
          return cancelReason;
        });
  }

  @Override
  public void suspendForEvent(HeldRun run, Instant dueAt, String event) {
    database.retryInTransaction(
        "suspend a run until an event",
        connection -> {
          // After this no event can come; one that has come before is seen by the next statement.
          lock(connection, run);
          events.suspend(connection, run, dueAt, event);
          return run;
        });
  }

  /** Locks the row of a run, unless another process has taken it. */
  private void lock(Connection connection, HeldRun run) throws SQLException {
    RunId id = run.id();
    if (database.update(connection, LOCK, id.workflow(), id.instance(), run.epoch()) == 0) {
      throw new LeaseLostException(id.toString());
    }
  }

  @Override
  public void writeProgress(HeldRun run, RunProgress progress) {
    RunId id = run.id();
    OptionalDouble done = progress.done();
    Object[] held = {id.workflow(), id.instance(), run.epoch()};
    var parameters = new ArrayList<@Nullable Object>();
    parameters.add(id.workflow());
    parameters.add(id.instance());
    parameters.add(progress.status());
    parameters.add(done.isPresent() ? done.getAsDouble() : null);
    parameters.add(progress.at().toEpochMilli());
    boolean written;
    if (database.dialect().hasOnConflict()) {
      parameters.addAll(Arrays.asList(held));
      written =
          database.update(
                  "write the progress of a run",
                  progressIfHeld(database.dialect()),
                  parameters.toArray())
              == 1;
    } else {
      written =
          database.retryInTransaction(
              "write the progress of a run",
              connection ->
                  database.update(connection, LOCK, held) == 1
                      && database.update(connection, PROGRESS_ON_H2, parameters.toArray()) == 1);
    }
    if (!written) {
      throw new LeaseLostException(id.toString());
    }
  }

  private static String progressIfHeld(Dialect dialect) {
    boolean typed = dialect == Dialect.POSTGRESQL;
    return "INSERT INTO w7s_run_progress (workflow, instance, status, done, written_at)"
        + " SELECT ?, ?, ?, "
        + (typed ? "CAST(? AS double precision)" : "?")
        + ", ? FROM w7s_run WHERE "
        + HELD
        + (typed ? " FOR NO KEY UPDATE" : "")
        + " ON CONFLICT (workflow, instance) DO UPDATE SET status = excluded.status,"
        + " done = excluded.done, written_at = excluded.written_at";
  }

  @Override
  public Optional<RunProgress> progress(RunId run) {
    return database
        .query(
            "look up the progress of a run",
            "SELECT status, done, written_at FROM w7s_run_progress WHERE " + THIS_RUN,
            row -> {
              double done = row.getDouble("done");
              OptionalDouble part =
                  row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(done);
              return new RunProgress(
                  row.getString("status"), part, Instant.ofEpochMilli(row.getLong("written_at")));
            },
            run.workflow(),
            run.instance())
        .stream()
        .findFirst();
  }

  @Override
  public void continueAs(HeldRun run, RawJson payload, StepRecord first) {
    String workflow = run.id().workflow();
    String instance = run.id().instance();
    database.retryInTransaction(
        "begin a run anew",
        connection -> {
          lock(connection, run);
          database.update(connection, "DELETE FROM w7s_step WHERE " + THIS_RUN, workflow, instance);
          events.beginAnew(connection, run.id(), first.name());
          steps.write(connection, run, first);
          return database.update(
              connection,
              "UPDATE w7s_run SET state = 'WAITING', epoch = epoch + 1, due_at = :now, failures = 0,"
                  + " error = NULL, payload = ? WHERE "
                  + HELD,
              payload.utf8(),
              workflow,
              instance,
              run.epoch());
        });
  }

  @Override
  public void end(
      HeldRun run, RunStatus.State state, @Nullable RawJson output, @Nullable String error) {
    change(run, "end a run", END, state.name(), output == null ? null : output.utf8(), error);
  }

  private void change(HeldRun run, String what, String sql, @Nullable Object... values) {
    var parameters = new ArrayList<@Nullable Object>(Arrays.asList(values));
    parameters.add(run.id().workflow());
    parameters.add(run.id().instance());
    parameters.add(run.epoch());
    if (database.update(what, sql, parameters.toArray()) != 1) {
      throw new LeaseLostException(run.id().toString());
    }
  }

  @Override
  public Optional<RunStatus> status(RunId run) {
    return database
        .query(
            "look up a run",
            STATUS,
            row ->
                new RunStatus(
                    run,
                    RunStatus.State.valueOf(row.getString("state")),
                    RunRows.json(row, "output"),
                    row.getString("error"),
                    RunRows.instant(row, "due_at")),
            run.workflow(),
            run.instance())
        .stream()
        .findFirst();
  }

  @Override
  public RunAdministration administration() {
    return new JdbcRunAdministration(database, events);
  }

  /**
   * What a step does in a transaction.
   *
   * @param <T> the type of its result
   */
  @FunctionalInterface
  public interface Transaction<T> {

    /**
     * Does it. Neither commits nor rolls back nor closes.
     *
     * @param connection a connection to the log's database, with a transaction open
     * @return the result; not null
     * @throws Exception to roll back; the step has failed, and is tried again as any other
     */
    T run(Connection connection) throws Exception;
  }

  /**
   * Runs a step in a transaction; see {@link #inTransaction(Steps, String, TypeRef, Transaction)}.
   */
  public <T> T inTransaction(Steps steps, String name, Class<T> type, Transaction<T> body) {
    return inTransaction(steps, name, TypeRef.of(type), body);
  }

  /**
   * Runs a step whose effects are in the log's database, and has them exactly once: what it writes
   * and the step commit together, whenever the process dies. A transaction that failed because of
   * another one (40001, 40P01) is run again at once, up to 20 times.
   *
   * <pre>{@code
   * int left =
   *     log.inTransaction(steps, "book", Integer.class, connection -> book(connection, order));
   * }</pre>
   *
   * @param steps the steps of a body whose app has this log
   * @param name the name of the step
   * @param type the type of the result
   * @param body what is done. Keep it short: at its end the row of the run is locked, and on SQLite
   *     the database is from the beginning, so that no lease can be renewed meanwhile
   * @return the result, as it was read back from its JSON
   * @throws io.w7s.sdk.step.StepFailedException when the step has failed for good
   * @throws LeaseLostException when another process has taken the run; nothing was committed
   */
  public <T> T inTransaction(Steps steps, String name, TypeRef<T> type, Transaction<T> body) {
    return steps.runLogged(
        name,
        type,
        (run, record) -> {
          try {
            database.retryInTransaction(
                "run step \"" + name + "\"",
                connection ->
                    this.steps.write(connection, run, record.apply(result(body, connection))));
          } catch (BodyFailed failed) {
            throw failed.reason;
          }
        });
  }

  private static <T> T result(Transaction<T> body, Connection connection) throws SQLException {
    try {
      return body.run(connection);
    } catch (SQLException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new BodyFailed(e);
    }
  }

  /** Brings a checked exception of a body out of its transaction. */
  private static final class BodyFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Exception reason;

    BodyFailed(Exception reason) {
      super(reason);
      this.reason = reason;
    }
  }
}
