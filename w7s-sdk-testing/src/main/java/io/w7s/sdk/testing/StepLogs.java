package io.w7s.sdk.testing;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.step.RecordedRun;
import io.w7s.sdk.step.RunInfo;
import io.w7s.sdk.step.RunQuery;
import io.w7s.sdk.step.StepLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.LineNumberReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Runs changed code of durable workflows against what real runs have in their logs, to see before
 * it is deployed whether the runs that are under way go on with it.
 *
 * <pre>{@code
 * StepLogs.replay(Path.of("src/test/resources/checkouts.jsonl"), log -> shop(log, new FakeBank()))
 *     .assertNoDifferences();
 * }</pre>
 *
 * <p>{@code W7sApp.runs().export(...)} writes such a file. The body of each run gets the recorded
 * value of each step, and each recorded wait is over. No action runs, nothing is sent, and nothing
 * is written: where the body comes to something that was not recorded, it is left. A difference is
 * a step that was renamed, removed, inserted, moved, or has another type; a value or a payload that
 * its type cannot read any more; an exception that a body throws outside of its steps, and a run
 * that was complete and fails now. The results of runs are not compared.
 */
public final class StepLogs {

  private StepLogs() {}

  /**
   * Replays the runs of a file.
   *
   * @param file the file
   * @param app makes the app, with the log that it is given
   * @throws UncheckedIOException when the file cannot be read
   * @throws InvalidInputException when it is not as it was written, or has a run of a workflow that
   *     the app does not have
   */
  public static ReplayReport replay(Path file, Function<StepLog, W7sApp> app) {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      var in = new LineNumberReader(lines);
      var log = new RecordedStepLog(null);
      W7sApp changed = requireNonNull(app.apply(log), "app");
      var runs = new ArrayList<ReplayReport.Run>();
      for (RecordedRun run = RecordedRun.read(in); run != null; run = RecordedRun.read(in)) {
        runs.add(replay(run, log, changed));
      }
      return new ReplayReport(runs);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /**
   * Replays runs of a log, which is only read. Runs that end or go on meanwhile are replayed as
   * they were at some moment.
   *
   * @param log the log, such as a {@code JdbcStepLog}
   * @param query which runs; the limit is not looked at
   * @param app makes the app, with the log that it is given, which is another one
   * @throws InvalidInputException when the query is for a workflow that the app does not have
   */
  public static ReplayReport replay(StepLog log, RunQuery query, Function<StepLog, W7sApp> app) {
    var recorded = new RecordedStepLog(requireNonNull(log, "log"));
    W7sApp changed = requireNonNull(app.apply(recorded), "app");
    List<ReplayReport.Run> runs = new ArrayList<>();
    Iterator<RunInfo> all = changed.runs().stream(query.limit(RunQuery.DEFAULT_LIMIT)).iterator();
    while (all.hasNext()) {
      Optional<RecordedRun> run = RecordedRun.of(log, all.next().id());
      run.ifPresent(each -> runs.add(replay(each, recorded, changed)));
    }
    return new ReplayReport(runs);
  }

  private static ReplayReport.Run replay(RecordedRun run, RecordedStepLog log, W7sApp app) {
    log.load(run);
    app.runDue();
    if (!log.wasTaken()) {
      throw new InvalidInputException(
          "workflow of " + run.run().id(), "none of " + app.id(), "a durable workflow of the app");
    }
    return log.result();
  }
}
