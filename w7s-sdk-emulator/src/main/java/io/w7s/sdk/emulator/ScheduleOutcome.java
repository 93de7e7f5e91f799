package io.w7s.sdk.emulator;

import io.w7s.sdk.Caller;
import io.w7s.sdk.manifest.Manifest;

/**
 * What came of one schedule that was due.
 *
 * @param owner the app that declares it, and its environment
 * @param schedule what was due
 * @param delivery what came of it; no schedule is tried again
 */
public record ScheduleOutcome(Caller owner, Manifest.Schedule schedule, Delivery delivery) {}
