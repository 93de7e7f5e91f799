package io.w7s.sdk.store.workflow;

import static io.w7s.sdk.store.workflow.RunRows.HELD;
import static io.w7s.sdk.store.workflow.RunRows.OPEN;
import static io.w7s.sdk.store.workflow.RunRows.THIS_RUN;

import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.step.EventRecord;
import io.w7s.sdk.step.HeldRun;
import io.w7s.sdk.step.RunAdministration.Fork;
import io.w7s.sdk.step.RunId;
import io.w7s.sdk.step.SignalResult;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Texts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The events for runs, and which runs wait for which. */
final class RunEventRows {

  private static final int MAX_EVENT = 100;
  private static final int MAX_EVENT_ID = 255;

  private static final String LOCK_RUN = "UPDATE w7s_run SET epoch = epoch WHERE " + THIS_RUN;

  private static final String OF_RUN_AND_NAME = " WHERE " + THIS_RUN + " AND name = ?";

  private static final String INSERT_EVENT =
      "INSERT INTO w7s_run_event (workflow, instance, name, id, position, body, received_at)"
          + " SELECT workflow, instance, ?, ?, (SELECT COALESCE(MAX(e.position), 0) + 1 FROM"
          + " w7s_run_event e WHERE e.workflow = w7s_run.workflow AND e.instance ="
          + " w7s_run.instance), ?, :now FROM w7s_run WHERE "
          + OPEN;

  private static final String NOT_TAKEN = OF_RUN_AND_NAME + " AND taken_by IS NULL";

  /** One that is due already stays where it is before others. */
  private static final String WAKE =
      "UPDATE w7s_run SET due_at = CASE WHEN due_at > :now THEN :now ELSE due_at END WHERE "
          + THIS_RUN
          + " AND state = 'WAITING' AND epoch = (SELECT epoch FROM w7s_run_wait WHERE "
          + THIS_RUN
          + " AND event = ?)";

  private static final String WAIT =
      "UPDATE w7s_run SET state = 'WAITING', due_at = CASE WHEN cancel_reason IS NOT NULL OR EXISTS (SELECT 1"
          + " FROM w7s_run_event"
          + NOT_TAKEN
          + ") THEN :now ELSE ? END, failures = 0, error = NULL WHERE "
          + HELD;

  private static final String REMEMBER_WAIT_ON_H2 =
      "MERGE INTO w7s_run_wait (workflow, instance, event, epoch) KEY (workflow, instance)"
          + " VALUES (?, ?, ?, ?)";

  private static final String REMEMBER_WAIT =
      "INSERT INTO w7s_run_wait (workflow, instance, event, epoch) VALUES (?, ?, ?, ?) ON CONFLICT"
          + " (workflow, instance) DO UPDATE SET event = excluded.event, epoch = excluded.epoch";

  /** The events that removed steps had taken can be taken again. */
  private static final String GIVE_BACK_EVENTS =
      "UPDATE w7s_run_event SET taken_by = NULL WHERE "
          + THIS_RUN
          + " AND taken_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM w7s_step s WHERE s.workflow ="
          + " w7s_run_event.workflow AND s.instance = w7s_run_event.instance AND s.name ="
          + " w7s_run_event.taken_by)";

  private static final String COPY_EVENTS =
      "INSERT INTO w7s_run_event (workflow, instance, name, id, position, body, received_at,"
          + " taken_by) SELECT workflow, ?, name, id, position, body, received_at, (SELECT s.name FROM"
          + " w7s_step s WHERE s.workflow = w7s_run_event.workflow AND s.instance = ?"
          + " AND s.name = w7s_run_event.taken_by) FROM w7s_run_event WHERE "
          + THIS_RUN;

  private final Database database;

  RunEventRows(Database database) {
    this.database = database;
  }

  /** Keeps an event for a run, unless it is known, and wakes the run if it waits for it. */
  SignalResult signal(Connection connection, RunId run, EventRecord event) throws SQLException {
    String workflow = run.workflow();
    String instance = run.instance();
    Texts.name("name of an event", event.name(), MAX_EVENT);
    Texts.name("id of an event", event.id(), MAX_EVENT_ID);
    // So that no two get the same position, and a run that is about to wait has to see it.
    if (database.update(connection, LOCK_RUN, workflow, instance) == 0) {
      return SignalResult.NO_RUN;
    }
    List<Integer> known =
        database.query(
            connection,
            "SELECT 1 FROM w7s_run_event" + OF_RUN_AND_NAME + " AND id = ?",
            row -> row.getInt(1),
            workflow,
            instance,
            event.name(),
            event.id());
    if (!known.isEmpty()) {
      return SignalResult.KNOWN;
    }
    int kept =
        database.update(
            connection,
            INSERT_EVENT,
            event.name(),
            event.id(),
            event.value().utf8(),
            workflow,
            instance);
    if (kept == 0) {
      return SignalResult.ENDED;
    }
    database.update(connection, WAKE, workflow, instance, workflow, instance, event.name());
    return SignalResult.KEPT;
  }

  /** Returns the first event of a name that no step has taken. */
  Optional<EventRecord> next(RunId run, String event) {
    return database
        .query(
            "look for an event",
            "SELECT id, body FROM w7s_run_event" + NOT_TAKEN + " ORDER BY position LIMIT 1",
            row -> new EventRecord(event, row.getString("id"), RawJson.of(row.getBytes("body"))),
            run.workflow(),
            run.instance(),
            event)
        .stream()
        .findFirst();
  }

  /** Writes that a step has taken an event. */
  void take(Connection connection, RunId run, String step, EventRecord event) throws SQLException {
    database.update(
        connection,
        "UPDATE w7s_run_event SET taken_by = ?" + OF_RUN_AND_NAME + " AND id = ?",
        step,
        run.workflow(),
        run.instance(),
        event.name(),
        event.id());
  }

  /** Suspends a run, whose row is locked, until it gets an event or a time has come. */
  void suspend(Connection connection, HeldRun run, Instant dueAt, String event)
      throws SQLException {
    String workflow = run.id().workflow();
    String instance = run.id().instance();
    database.update(
        connection,
        WAIT,
        workflow,
        instance,
        event,
        dueAt.toEpochMilli(),
        workflow,
        instance,
        run.epoch());
    database.update(
        connection,
        database.dialect().hasOnConflict() ? REMEMBER_WAIT : REMEMBER_WAIT_ON_H2,
        workflow,
        instance,
        event,
        run.epoch());
  }

  /**
   * Has the first step of a run that begins anew in place of the removed ones that have taken
   * events, so that these are never given back. Deletes those that were taken long ago.
   */
  void beginAnew(Connection connection, RunId run, String first) throws SQLException {
    database.update(
        connection,
        "UPDATE w7s_run_event SET taken_by = ? WHERE " + THIS_RUN + " AND taken_by IS NOT NULL",
        first,
        run.workflow(),
        run.instance());
    database.update(
        connection,
        "DELETE FROM w7s_run_event WHERE "
            + THIS_RUN
            + " AND taken_by IS NOT NULL AND received_at < :now - ?",
        run.workflow(),
        run.instance(),
        StepLog.EVENT_IDS_KEPT.toMillis());
  }

  /** Lets the events be taken again whose steps are not in the log any more. */
  void giveBack(Connection connection, RunId run) throws SQLException {
    database.update(connection, GIVE_BACK_EVENTS, run.workflow(), run.instance());
  }

  /** Copies the events of runs to their forks, whose steps are there. */
  void copy(Connection connection, List<Fork> forks) throws SQLException {
    database.batch(connection, COPY_EVENTS, forks.stream().map(RunEventRows::copied).toList());
  }

  private static @Nullable Object[] copied(Fork fork) {
    String to = fork.to().instance();
    RunId from = fork.from().id();
    return new @Nullable Object[] {to, to, from.workflow(), from.instance()};
  }
}
