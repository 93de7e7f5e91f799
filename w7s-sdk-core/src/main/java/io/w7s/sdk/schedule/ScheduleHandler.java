package io.w7s.sdk.schedule;

/**
 * Handles the runs of a schedule. It may run on several threads at once when a run takes more than
 * a minute.
 */
@FunctionalInterface
public interface ScheduleHandler {

  /**
   * Handles a run.
   *
   * @throws Exception when the run failed; it is logged and not tried again
   */
  void handle(ScheduledRun run) throws Exception;
}
