package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.schedule.CronExpression;
import io.w7s.sdk.schedule.ScheduledRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers in a store which minutes of schedules have come, for all processes of an app: each is
 * run once at most, and those that came to none of them are named in the log. Thread-safe.
 */
final class ScheduleTicks {

  private static final Logger log = LoggerFactory.getLogger(W7sApp.class);

  /** The claim is completed at once, before the handler begins. */
  private static final Duration LEASE = Duration.ofMinutes(1);

  /** As many as a batch has: the store is asked once. */
  private static final int MOST_MISSED = 10;

  private static final int MOST_SEARCHED = 1_000;

  private final AppId app;
  private final ProcessedMessages store;

  /** By its path, the last minute of a schedule that has begun in this process. */
  private final Map<String, Instant> last = new ConcurrentHashMap<>();

  ScheduleTicks(AppId app, ProcessedMessages store) {
    this.app = app;
    this.store = store;
  }

  /**
   * Returns whether a run is to begin: it has begun nowhere yet.
   *
   * @throws RuntimeException when the store cannot be reached; then it is not to begin
   */
  boolean begins(ScheduledRun run, String path) {
    String schedule = app + path;
    ClaimResult claim =
        store.claim(schedule, MessageKeys.ofTick(run.cron(), run.scheduledTime()), LEASE, false);
    if (claim.state() != ClaimResult.State.GRANTED || !store.complete(claim.claim())) {
      log.info(
          "schedule {} of {} for {} has run already",
          SafeText.of(run.cron()),
          app,
          run.scheduledTime());
      return false;
    }
    Instant former = last.put(path, run.scheduledTime());
    if (former != null && former.isBefore(run.scheduledTime())) {
      nameMissed(run, schedule, former);
    }
    return true;
  }

  /** Looks for minutes after a former one and before this one that have begun nowhere. */
  private void nameMissed(ScheduledRun run, String schedule, Instant former) {
    Deque<Instant> between = new ArrayDeque<>();
    try {
      CronExpression cron = CronExpression.parse(run.cron());
      Optional<Instant> next = cron.next(former);
      for (int i = 0; i < MOST_SEARCHED && isBefore(next, run.scheduledTime()); i++) {
        between.addLast(next.orElseThrow());
        if (between.size() > MOST_MISSED) {
          between.removeFirst();
        }
        next = cron.next(next.orElseThrow());
      }
    } catch (InvalidInputException unreadable) {
      return; // whoever delivers it knows what it means
    }
    if (between.isEmpty()) {
      return;
    }
    var missed = new LinkedHashMap<String, Instant>();
    between.forEach(time -> missed.put(MessageKeys.ofTick(run.cron(), time), time));
    store.done(schedule, missed.keySet()).forEach(missed::remove);
    if (!missed.isEmpty()) {
      log.warn(
          "schedule {} of {} was not delivered for {}, and does not run for them",
          SafeText.of(run.cron()),
          app,
          missed.values());
    }
  }

  private static boolean isBefore(Optional<Instant> time, Instant end) {
    return time.map(end::isAfter).orElse(false);
  }
}
