package io.w7s.sdk.schedule;

/**
 * Handles the runs of a schedule. One handler may run on several threads at the same time, for
 * example when a run takes longer than a minute.
 */
@FunctionalInterface
public interface ScheduleHandler {

  /**
   * Handles a run.
   *
   * @throws Exception when the run fails; the failure is logged, and the platform does not repeat
   *     the run. An {@code Error} does the same
   */
  void handle(ScheduledRun run) throws Exception;
}
