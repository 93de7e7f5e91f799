package io.w7s.sdk.store.workflow;

import static io.w7s.sdk.store.workflow.RunRows.OPEN;
import static io.w7s.sdk.store.workflow.RunRows.THIS_RUN;

import io.w7s.sdk.step.NewRun;
import io.w7s.sdk.step.RunAdministration;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.RunInfo;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.RunStatus;
import io.w7s.sdk.store.internal.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks after the runs that are in a database. */
final class JdbcRunAdministration implements RunAdministration {

  private static final String COLUMNS =
      "workflow, instance, state, epoch, started_at, ended_at, due_at, failures, takeovers, error,"
          + " cancel_reason, forked_from";

  private static final String ORDER =
      " ORDER BY started_at DESC, workflow DESC, instance DESC LIMIT ?";

  private static final String FIND = "SELECT " + COLUMNS + " FROM w7s_run WHERE " + THIS_RUN;

  private static final String CANCEL =
      "UPDATE w7s_run SET cancel_reason = COALESCE(cancel_reason, ?), due_at = CASE WHEN state ="
          + " 'WAITING' AND due_at > :now THEN :now ELSE due_at END WHERE "
          + OPEN;

  private static final String TERMINATE =
      "UPDATE w7s_run SET state = 'CANCELLED', epoch = epoch + 1, due_at = NULL, ended_at = :now,"
          + " error = ? WHERE "
          + OPEN;

  private static final String REOPEN =
      "UPDATE w7s_run SET state = 'WAITING', epoch = epoch + 1, due_at = :now, ended_at = NULL,"
          + " failures = 0, takeovers = 0, output = NULL, error = NULL, cancel_reason = NULL WHERE "
          + THIS_RUN
          + " AND epoch = ? AND due_at IS NULL";

  private static final String REMOVE_STEPS =
      "DELETE FROM w7s_step WHERE " + THIS_RUN + " AND position >= ?";

  /** Until the end of the transaction nobody else writes to the run. */
  private static final String LOCK_AS_IT_WAS =
      "UPDATE w7s_run SET epoch = epoch WHERE " + THIS_RUN + " AND epoch = ?";

  private static final String FORK =
      "INSERT INTO w7s_run (workflow, instance, state, epoch, failures, due_at, payload, created_at,"
          + " caller_app, caller_environment, started_at, forked_from) SELECT workflow, ?, 'WAITING',"
          + " 0, 0, :now, payload, created_at, caller_app, caller_environment, :now, instance FROM"
          + " w7s_run WHERE "
          + THIS_RUN
          + " AND NOT EXISTS (SELECT 1 FROM w7s_run WHERE "
          + THIS_RUN
          + ")";

  private static final String STEP_VALUES =
      "name, position, kind, value_type, state, attempts, body, error, written_at, due_at";

  private static final String COPY =
      "INSERT INTO w7s_step (workflow, instance, "
          + STEP_VALUES
          + ") SELECT workflow, ?, "
          + STEP_VALUES
          + " FROM w7s_step WHERE "
          + THIS_RUN;

  private static final String COPY_STEPS = COPY + " AND position < ?";

  private static final String COPY_BRANCH = COPY + " AND name = ?";

  private static final String DELETE =
      "DELETE FROM w7s_run WHERE " + THIS_RUN + " AND COALESCE(ended_at, -1) = ?";

  /** The tables that have rows of runs, beside that of the runs themselves. */
  private static final List<String> OF_RUNS =
      List.of("w7s_step", "w7s_run_event", "w7s_run_wait", "w7s_run_progress");

  private final Database database;
  private final RunEventRows events;

  JdbcRunAdministration(Database database, RunEventRows events) {
    this.database = database;
    this.events = events;
  }

  private static RunInfo info(ResultSet row) throws SQLException {
    return new RunInfo(
        new RunId(row.getString("workflow"), row.getString("instance")),
        RunStatus.State.valueOf(row.getString("state")),
        row.getLong("epoch"),
        Instant.ofEpochMilli(row.getLong("started_at")),
        RunRows.instant(row, "ended_at"),
        RunRows.instant(row, "due_at"),
        row.getInt("failures"),
        row.getInt("takeovers"),
        row.getString("error"),
        row.getString("cancel_reason"),
        row.getString("forked_from"));
  }

  @Override
  public List<RunInfo> list(Collection<String> workflows, RunQuery query) {
    var parameters = new ArrayList<Object>();
    String sql = listSql(workflows, query, parameters);
    return database.query("list runs", sql, JdbcRunAdministration::info, parameters.toArray());
  }

  /**
   * Returns the statement for a page. It looks into an index for each kind of state, so that it
   * reads few others, and is one statement, so that a run that changes its state meanwhile is seen
   * once.
   *
   * @param parameters takes its parameters
   */
  static String listSql(Collection<String> workflows, RunQuery query, List<Object> parameters) {
    Map<String, List<RunStatus.State>> byIndex = byIndex(query.states());
    var parts = new ArrayList<String>();
    if (byIndex.isEmpty()) {
      parts.add(part("", workflows, query, parameters));
    }
    byIndex.forEach(
        (index, states) -> {
          parts.add(part(in(states) + " AND " + index, workflows, query, parameters));
        });
    parameters.add(query.limit());
    return "SELECT * FROM (" + String.join(" UNION ALL ", parts) + ") runs" + ORDER;
  }

  @Override
  public Map<RunStatus.State, Long> count(
      Collection<String> workflows, Set<RunStatus.State> states) {
    var counts = new EnumMap<RunStatus.State, Long>(RunStatus.State.class);
    states.forEach(state -> counts.put(state, 0L));
    var parameters = new ArrayList<Object>();
    database
        .query(
            "count runs",
            countSql(workflows, states, parameters),
            row -> Map.entry(RunStatus.State.valueOf(row.getString(1)), row.getLong(2)),
            parameters.toArray())
        .forEach(count -> counts.put(count.getKey(), count.getValue()));
    return counts;
  }

  /**
   * Returns the statement that counts; like that of a page it looks into an index for each kind.
   */
  static String countSql(
      Collection<String> workflows, Set<RunStatus.State> states, List<Object> parameters) {
    var parts = new ArrayList<String>();
    byIndex(states)
        .forEach(
            (index, some) -> {
              parts.add(
                  "SELECT state, count(*) FROM w7s_run WHERE "
                      + in(some)
                      + " AND "
                      + index
                      + RunRows.ofWorkflows(workflows.size())
                      + " GROUP BY state");
              parameters.addAll(workflows);
            });
    return String.join(" UNION ALL ", parts);
  }

  private static Map<String, List<RunStatus.State>> byIndex(Set<RunStatus.State> states) {
    return states.stream().collect(Collectors.groupingBy(JdbcRunAdministration::indexOf));
  }

  private static String in(List<RunStatus.State> states) {
    return states.stream().map(Enum::name).collect(Collectors.joining("', '", "state IN ('", "')"));
  }

  /** Returns the condition of the index that has the runs in a state, and few others. */
  private static String indexOf(RunStatus.State state) {
    return switch (state) {
      case RUNNING, WAITING -> "due_at IS NOT NULL AND ";
      case FAILED, CANCELLED -> "state IN ('FAILED', 'CANCELLED') AND ";
      case COMPLETE -> ""; // most are
    };
  }

  private static String part(
      String condition, Collection<String> workflows, RunQuery query, List<Object> parameters) {
    var where = new StringBuilder(condition).append(RunRows.ofWorkflows(workflows.size()));
    parameters.addAll(workflows);
    query.startedFrom().ifPresent(from -> and(where, "started_at >= ?", parameters, ceiling(from)));
    query
        .startedBefore()
        .ifPresent(before -> and(where, "started_at < ?", parameters, ceiling(before)));
    if (query.afterStartedAt().isPresent() && query.afterId().isPresent()) {
      long startedAt = query.afterStartedAt().get().toEpochMilli();
      RunId id = query.afterId().get();
      and(where, "started_at <= ?", parameters, startedAt);
      and(
          where,
          "(started_at < ? OR workflow < ? OR (workflow = ? AND instance < ?))",
          parameters,
          startedAt,
          id.workflow(),
          id.workflow(),
          id.instance());
    }
    parameters.add(query.limit());
    return "SELECT * FROM (SELECT " + COLUMNS + " FROM w7s_run WHERE " + where + ORDER + ") part";
  }

  private static void and(
      StringBuilder where, String condition, List<Object> parameters, Object... values) {
    where.append(" AND ").append(condition);
    Collections.addAll(parameters, values);
  }

  private static long ceiling(Instant time) {
    long millis = time.toEpochMilli();
    return Instant.ofEpochMilli(millis).isBefore(time) ? millis + 1 : millis;
  }

  @Override
  public Optional<RunInfo> find(RunId run) {
    return database
        .query("look up a run", FIND, JdbcRunAdministration::info, run.workflow(), run.instance())
        .stream()
        .findFirst();
  }

  @Override
  public Optional<NewRun> input(RunId run) {
    return database
        .query(
            "look up the input of a run",
            "SELECT " + RunRows.INPUT + " FROM w7s_run WHERE " + THIS_RUN,
            RunRows::input,
            run.workflow(),
            run.instance())
        .stream()
        .findFirst();
  }

  @Override
  public boolean requestCancel(RunId run, String reason) {
    return database.update("cancel a run", CANCEL, reason, run.workflow(), run.instance()) == 1;
  }

  @Override
  public boolean terminate(RunId run, String reason) {
    return database.update("terminate a run", TERMINATE, reason, run.workflow(), run.instance())
        == 1;
  }

  @Override
  public boolean reopen(RunInfo run, Kept keep) {
    RunId id = run.id();
    return database.retryInTransaction(
        "try a run again",
        connection -> {
          boolean reopened =
              database.update(connection, REOPEN, id.workflow(), id.instance(), run.epoch()) == 1;
          if (reopened) {
            removeSteps(connection, id, keep);
            events.giveBack(connection, id);
          }
          return reopened;
        });
  }

  private void removeSteps(Connection connection, RunId run, Kept keep) throws SQLException {
    var parameters = new ArrayList<Object>(List.of(run.workflow(), run.instance(), keep.before()));
    parameters.addAll(keep.branches());
    int branches = keep.branches().size();
    database.update(
        connection,
        branches == 0 ? REMOVE_STEPS : REMOVE_STEPS + " AND NOT " + Database.in("name", branches),
        parameters.toArray());
  }

  @Override
  public List<Fork> fork(List<Fork> forks) {
    return database.retryInTransaction(
        "fork runs",
        connection -> {
          List<Fork> asTheyWere =
              changed(connection, LOCK_AS_IT_WAS, forks, JdbcRunAdministration::asItWas);
          List<Fork> made =
              changed(
                  connection,
                  database.dialect().ifAbsent(FORK),
                  asTheyWere,
                  JdbcRunAdministration::fork);
          database.batch(
              connection, COPY_STEPS, made.stream().map(JdbcRunAdministration::copySteps).toList());
          database.batch(
              connection,
              COPY_BRANCH,
              made.stream().flatMap(JdbcRunAdministration::copyBranches).toList());
          events.copy(connection, made);
          return forks.stream().filter(fork -> !asTheyWere.contains(fork)).toList();
        });
  }

  /** Runs a statement for each; returns those for which it has changed a row. */
  private List<Fork> changed(
      Connection connection,
      String sql,
      List<Fork> forks,
      Function<Fork, @Nullable Object[]> parameters)
      throws SQLException {
    int[] rows = database.batch(connection, sql, forks.stream().map(parameters).toList());
    return IntStream.range(0, rows.length).filter(i -> rows[i] == 1).mapToObj(forks::get).toList();
  }

  private static @Nullable Object[] asItWas(Fork fork) {
    RunInfo from = fork.from();
    return new @Nullable Object[] {from.id().workflow(), from.id().instance(), from.epoch()};
  }

  private static @Nullable Object[] fork(Fork fork) {
    RunId from = fork.from().id();
    RunId to = fork.to();
    return new @Nullable Object[] {
      RunRows.checked(to).instance(), from.workflow(), from.instance(), to.workflow(), to.instance()
    };
  }

  private static @Nullable Object[] copySteps(Fork fork) {
    RunId from = fork.from().id();
    return new @Nullable Object[] {
      fork.to().instance(), from.workflow(), from.instance(), fork.keep().before()
    };
  }

  private static Stream<@Nullable Object[]> copyBranches(Fork fork) {
    RunId from = fork.from().id();
    return fork.keep().branches().stream()
        .map(
            name ->
                new @Nullable Object[] {
                  fork.to().instance(), from.workflow(), from.instance(), name
                });
  }

  @Override
  public int deleteEnded(Collection<String> workflows, Duration olderThan, int limit) {
    return database.retryInTransaction(
        "delete runs", connection -> deleteEnded(connection, workflows, olderThan, limit));
  }

  static String endedSql(int workflows) {
    return "SELECT workflow, instance, ended_at FROM w7s_run WHERE ended_at IS NOT NULL AND"
        + " ended_at <= (SELECT :now) - ? AND "
        + RunRows.ofWorkflows(workflows)
        + " ORDER BY ended_at LIMIT ?";
  }

  private int deleteEnded(
      Connection connection, Collection<String> workflows, Duration olderThan, int limit)
      throws SQLException {
    var parameters = new ArrayList<Object>();
    parameters.add(olderThan.toMillis());
    parameters.addAll(workflows);
    parameters.add(limit);
    List<@Nullable Object[]> ended =
        database.query(
            connection,
            endedSql(workflows.size()),
            row -> new @Nullable Object[] {row.getString(1), row.getString(2), row.getLong(3)},
            parameters.toArray());
    int[] deleted = database.batch(connection, DELETE, ended);
    var runs = new ArrayList<@Nullable Object[]>();
    for (int i = 0; i < deleted.length; i++) {
      if (deleted[i] == 1) { // not tried again in the meantime
        runs.add(Arrays.copyOf(ended.get(i), 2));
      }
    }
    for (String table : OF_RUNS) {
      database.batch(connection, "DELETE FROM " + table + " WHERE " + THIS_RUN, runs);
    }
    return ended.size();
  }
}
