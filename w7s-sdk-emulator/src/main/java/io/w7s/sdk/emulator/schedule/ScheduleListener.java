package io.w7s.sdk.emulator.schedule;

import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.manifest.Manifest;
import java.time.Instant;

/** Observes the schedules that fire. */
public interface ScheduleListener {

  /**
   * Called after a schedule fired.
   *
   * @param minute the minute it fired for
   */
  default void fired(
      AppInstance owner, Manifest.Schedule schedule, Instant minute, DeliveryResult delivery) {}
}
