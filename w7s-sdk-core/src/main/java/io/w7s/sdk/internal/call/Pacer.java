package io.w7s.sdk.internal.call;

import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.retry.Pacing.Mode;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the calls of one app within the rate limits of the platform. It neither waits nor sends: it
 * says when the turn of a call is, for blocking and async calls alike. Thread-safe.
 */
public final class Pacer {

  private static final Logger log = LoggerFactory.getLogger(Pacer.class);

  /** How the platform names the limits of the caller; other limits are those of the target. */
  private static final List<String> LIMITS_OF_THE_CALLER =
      List.of("rateLimit", "usageLimit", "appLimitState");

  private final Pacing pacing;
  private final boolean eventsByRpc;
  private final Map<RateLimit, MinuteWindow> windows = new EnumMap<>(RateLimit.class);
  private final Set<RateLimit> logged = EnumSet.noneOf(RateLimit.class);

  /**
   * Counts the calls of one app.
   *
   * @param eventsByRpc whether an event is sent to a router app by RPC, and counts as one
   */
  public Pacer(Pacing pacing, boolean eventsByRpc) {
    this.pacing = pacing;
    this.eventsByRpc = eventsByRpc;
  }

  private int allowed(RateLimit limit) {
    return Math.max(1, limit.limit() / pacing.instances());
  }

  /**
   * The turn of an attempt.
   *
   * @param excess how long the attempt would have to wait to stay within the limit
   * @param delay how long it waits
   * @param refused what it gets instead of a turn; null when it has one
   */
  record Turn(Duration excess, Duration delay, Outcome.@Nullable Refused<?> refused) {
    private static final Turn NOW = new Turn(Duration.ZERO, Duration.ZERO, null);
  }

  /**
   * Gives an attempt its turn.
   *
   * @param now {@link io.w7s.sdk.spi.TimeSource#elapsed} in nanoseconds
   * @param left how many nanoseconds are left for the whole call
   */
  Turn turn(Operation<?> operation, long now, long left) {
    RateLimit limit = pacing.mode() == Mode.OFF ? null : RateLimit.of(operation, eventsByRpc);
    return limit == null ? Turn.NOW : turn(limit, now, left);
  }

  private synchronized Turn turn(RateLimit limit, long now, long left) {
    MinuteWindow window = window(limit);
    long at = window.next(now);
    long wait = Saturating.minus(at, now);
    Duration excess = Duration.ofNanos(wait);
    if (wait == 0 || pacing.mode() == Mode.OBSERVE) {
      window.take(now);
      warnOnce(limit, excess);
      return wait == 0 ? Turn.NOW : new Turn(excess, Duration.ZERO, null);
    }
    if (pacing.mode() == Mode.FAIL_FAST || wait >= left) {
      return new Turn(excess, Duration.ZERO, refusal(limit, excess));
    }
    window.take(at);
    return new Turn(excess, excess, null);
  }

  private MinuteWindow window(RateLimit limit) {
    return windows.computeIfAbsent(limit, first -> new MinuteWindow(allowed(first)));
  }

  private void warnOnce(RateLimit limit, Duration excess) {
    if (!excess.isZero() && logged.add(limit)) {
      log.warn(
          "{} exceeds the platform's limit of {} a minute for this app; set W7s.Builder.pacing to"
              + " make calls wait or fail (logged once)",
          limit.word(),
          limit.limit());
    }
  }

  private Outcome.Refused<?> refusal(RateLimit limit, Duration excess) {
    Map<String, Object> details =
        Map.of("pacing", Map.of("metric", limit.word(), "limit", allowed(limit)));
    String message =
        "not sent: the platform accepts at most %d %s a minute"
            .formatted(limit.limit(), limit.word());
    return new Outcome.Refused<>(429, message, details, excess);
  }

  /** Learns from an outcome that the platform's limit is used up. */
  void learn(Operation<?> operation, Outcome<?> outcome, long now) {
    if (outcome instanceof Outcome.Refused<?> refused
        && refused.status() == 429
        && refused.retryAfter() != null
        && LIMITS_OF_THE_CALLER.stream().anyMatch(refused.details()::containsKey)) {
      RateLimit limit = RateLimit.of(operation, eventsByRpc);
      if (limit != null) {
        close(limit, Saturating.plus(now, Saturating.nanos(refused.retryAfter())));
      }
    }
  }

  private synchronized void close(RateLimit limit, long until) {
    window(limit).close(until);
  }
}
