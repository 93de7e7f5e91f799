package io.w7s.sdk.schedule;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import java.time.Instant;

/**
 * One run of a schedule as its handler sees it. The platform runs a schedule at most once a minute
 * and does not try a failed run again.
 *
 * @param cron the cron expression that was due
 * @param scheduledTime the minute for which it runs
 * @param app the app it runs in
 * @param environment the environment it runs in
 */
public record ScheduledRun(
    String cron, Instant scheduledTime, AppId app, Environment environment) {}
