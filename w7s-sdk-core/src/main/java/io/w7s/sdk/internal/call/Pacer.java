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
 * Keeps the platform's burst limits on this side. It neither waits nor sends: it says when a call's
 * turn is, for the blocking and the async path alike. Thread-safe.
 */
public final class Pacer {

  private static final Logger log = LoggerFactory.getLogger(Pacer.class);

  /** The limits of the caller, by what the platform says of them; the others are the target's. */
  private static final List<String> OF_THE_CALLER =
      List.of("rateLimit", "usageLimit", "appLimitState");

  private final Pacing pacing;
  private final boolean eventsByRpc;
  private final Map<RateLimit, MinuteWindow> windows = new EnumMap<>(RateLimit.class);
  private final Set<RateLimit> logged = EnumSet.noneOf(RateLimit.class);

  /**
   * Counts for one app.
   *
   * @param eventsByRpc whether an event goes to a router app by RPC, and counts as one
   */
  public Pacer(Pacing pacing, boolean eventsByRpc) {
    this.pacing = pacing;
    this.eventsByRpc = eventsByRpc;
  }

  private int limit(RateLimit kind) {
    return Math.max(1, kind.limit() / pacing.instances());
  }

  /**
   * When a call's turn is.
   *
   * @param early how much too early it comes; zero when it does not
   * @param delay how long it has to wait
   * @param refused what it gets instead of its turn; null when it gets one
   */
  record Turn(Duration early, Duration delay, Outcome.@Nullable Refused<?> refused) {
    private static final Turn NOW = new Turn(Duration.ZERO, Duration.ZERO, null);
  }

  /**
   * Gives an attempt its turn.
   *
   * @param now {@link io.w7s.sdk.spi.TimeSource#elapsed} in nanoseconds
   * @param left how many nanoseconds are left for the whole call
   */
  Turn turn(Operation<?> operation, long now, long left) {
    RateLimit kind = pacing.mode() == Mode.OFF ? null : RateLimit.of(operation, eventsByRpc);
    return kind == null ? Turn.NOW : turn(kind, now, left);
  }

  private synchronized Turn turn(RateLimit kind, long now, long left) {
    MinuteWindow window = window(kind);
    long at = window.next(now);
    Duration early = Duration.ofNanos(at - now);
    if (early.isZero() || pacing.mode() == Mode.OBSERVE) {
      window.take(now);
      tell(kind, early);
      return early.isZero() ? Turn.NOW : new Turn(early, Duration.ZERO, null);
    }
    if (pacing.mode() == Mode.FAIL_FAST || at - now >= left) {
      return new Turn(early, Duration.ZERO, refused(kind, early));
    }
    window.take(at);
    return new Turn(early, early, null);
  }

  private MinuteWindow window(RateLimit kind) {
    return windows.computeIfAbsent(kind, first -> new MinuteWindow(limit(first)));
  }

  private void tell(RateLimit kind, Duration early) {
    if (!early.isZero() && logged.add(kind)) {
      log.warn(
          "{} goes over the platform's limit of {} a minute for this app; W7s.Builder.pacing can"
              + " make calls wait or fail (said once)",
          kind.word(),
          kind.limit());
    }
  }

  private Outcome.Refused<?> refused(RateLimit kind, Duration early) {
    Map<String, Object> details =
        Map.of("pacing", Map.of("metric", kind.word(), "limit", limit(kind)));
    String message =
        "not sent, for the platform takes %d %s a minute".formatted(kind.limit(), kind.word());
    return new Outcome.Refused<>(429, message, details, early);
  }

  /** Learns from an answer of the platform. */
  void answered(Operation<?> operation, Outcome<?> answer, long now) {
    if (answer instanceof Outcome.Refused<?> refused
        && refused.status() == 429
        && refused.retryAfter() != null
        && OF_THE_CALLER.stream().anyMatch(refused.details()::containsKey)) {
      RateLimit kind = RateLimit.of(operation, eventsByRpc);
      if (kind != null) {
        close(kind, Duration.ofNanos(now).plus(refused.retryAfter()).toNanos());
      }
    }
  }

  private synchronized void close(RateLimit kind, long until) {
    window(kind).close(until);
  }
}
