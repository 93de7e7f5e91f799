package io.w7s.sdk.emulator.schedule;

import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.manifest.Manifest;

/**
 * A schedule that has fired.
 *
 * @param owner the app that declares it, in its environment
 * @param schedule the schedule
 * @param delivery the result of its delivery, which is not tried again
 */
public record FiredSchedule(
    AppInstance owner, Manifest.Schedule schedule, DeliveryResult delivery) {}
