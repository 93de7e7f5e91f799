package io.w7s.sdk.emulator.internal.app;

import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.app.Metric.Scope;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts what apps do, and refuses what is over their limits. Windows are fixed: the day and the
 * minute of UTC that an instant is in. What is refused is not counted. Thread-safe.
 */
public final class UsageLedger {

  private static final int DAY = 86_400;
  private static final int MINUTE = 60;

  private final Limits limits;
  private final TimeSource time;
  private final Map<String, Counters> shared = new HashMap<>();
  private final Map<AppInstance, Account> accounts = new HashMap<>();

  /** Starts with nothing used. */
  public UsageLedger(Limits limits, TimeSource time) {
    this.limits = limits;
    this.time = time;
  }

  /** The units of each metric in one scope, in the windows that were looked at last. */
  private static final class Counters {
    private final Map<Metric, Window> days = new EnumMap<>(Metric.class);
    private final Map<Metric, Window> minutes = new EnumMap<>(Metric.class);

    Window day(Metric metric, long second) {
      return days.computeIfAbsent(metric, none -> new Window(DAY)).at(second);
    }

    Window minute(Metric metric, long second) {
      return minutes.computeIfAbsent(metric, none -> new Window(MINUTE)).at(second);
    }
  }

  private static final class Window {
    private final int seconds;
    private long start = Long.MIN_VALUE;
    private long units;

    Window(int seconds) {
      this.seconds = seconds;
    }

    /** The window of a second; what was counted in another is forgotten. */
    Window at(long second) {
      long current = second - Math.floorMod(second, seconds);
      if (current != start) {
        start = current;
        units = 0;
      }
      return this;
    }
  }

  /** Whose units are counted: in the repository's, the owner's and the global scope. */
  public static final class Account {
    private final AppInstance who;
    private final Counters repo = new Counters();
    private final Map<Scope, Counters> scopes = new EnumMap<>(Scope.class);
    private final TimeSource time;
    private volatile boolean suspended;

    private Account(AppInstance who, Counters owner, Counters global, TimeSource time) {
      this.who = who;
      this.time = time;
      scopes.put(Scope.REPO, repo);
      scopes.put(Scope.OWNER, owner);
      scopes.put(Scope.GLOBAL, global);
    }

    /** Suspends the app, or ends its suspension. */
    public void suspend(boolean on) {
      suspended = on;
    }

    /** Returns whether the app is suspended. */
    public boolean isSuspended() {
      return suspended;
    }

    /**
     * Checks that the app is not suspended.
     *
     * @throws Refusal with 429 when it is
     */
    void requireActive() {
      if (suspended) {
        throw suspension(who, time.now());
      }
    }
  }

  /** Returns where an app's units are counted; the same for as long as the ledger is kept. */
  public synchronized Account account(AppInstance who) {
    return accounts.computeIfAbsent(
        who,
        app -> {
          String environment = app.environment().name();
          return new Account(
              app,
              shared.computeIfAbsent(environment + "/" + app.app().owner(), key -> new Counters()),
              shared.computeIfAbsent(environment, key -> new Counters()),
              time);
        });
  }

  /**
   * Counts units.
   *
   * @throws Refusal with 429 when a limit has no room for them; then none is counted
   */
  public synchronized void admit(Metric metric, Account account, long units, Instant now) {
    long second = now.getEpochSecond();
    if (limits.areOn()) {
      for (var scope : account.scopes.entrySet()) {
        Window day = scope.getValue().day(metric, second);
        long daily = limits.daily(account.who.app(), metric, scope.getKey());
        if (units > daily - day.units) {
          throw over(metric, scope.getKey(), account.who, units, daily, day, now);
        }
      }
      for (var scope : account.scopes.entrySet()) {
        Window minute = scope.getValue().minute(metric, second);
        long burst = limits.burst(metric, scope.getKey());
        if (units > burst - minute.units) {
          throw over(metric, scope.getKey(), account.who, units, burst, minute, now);
        }
      }
    }
    add(metric, account, units, now);
  }

  /** Counts units without a look at the limits. */
  public synchronized void add(Metric metric, Account account, long units, Instant now) {
    long second = now.getEpochSecond();
    for (Counters scope : account.scopes.values()) {
      scope.day(metric, second).units += units;
      scope.minute(metric, second).units += units;
    }
  }

  /**
   * Takes units off the day's count, for something that was admitted and then not done. The
   * minute's count stays, as on the platform.
   */
  public synchronized void giveBack(Metric metric, Account account, long units, Instant admitted) {
    for (Counters scope : account.scopes.values()) {
      Window day = scope.day(metric, admitted.getEpochSecond());
      day.units = Math.max(0, day.units - units);
    }
  }

  /** Returns the units of the day that an instant is in. */
  public synchronized long today(Metric metric, Account account, Instant now) {
    return account.repo.day(metric, now.getEpochSecond()).units;
  }

  private static Refusal over(
      Metric metric,
      Scope scope,
      AppInstance who,
      long units,
      long limit,
      Window window,
      Instant now) {
    boolean daily = window.seconds == DAY;
    Instant start = Instant.ofEpochSecond(window.start);
    long seconds = secondsUntil(start.plusSeconds(window.seconds), now);
    var check = new LinkedHashMap<String, @Nullable Object>();
    check.put("metric", metric.word());
    check.put("scope", scope.name().toLowerCase(Locale.ROOT));
    check.put("environment", who.environment().name());
    check.put("orgSlug", who.app().owner());
    check.put("repoSlug", who.app().repo());
    check.put("windowSeconds", window.seconds);
    check.put("windowStart", start.toString());
    check.put("used", window.units);
    check.put("requestedUnits", units);
    check.put("limit", limit);
    check.put("remaining", Math.max(0, limit - window.units));
    check.put("retryAfterSeconds", seconds);
    return new Refusal(
        Refusal.TOO_MANY,
        "%s limit of %s for %s at %s scope is used up (%d of %d, asked for %d)"
            .formatted(
                daily ? "Daily" : "Minute",
                metric.word(),
                who,
                check.get("scope"),
                window.units,
                limit,
                units),
        Map.of(daily ? "usageLimit" : "rateLimit", check),
        Duration.ofSeconds(seconds));
  }

  private static Refusal suspension(AppInstance who, Instant now) {
    Instant nextDay = now.truncatedTo(ChronoUnit.DAYS).plusSeconds(DAY);
    long seconds = secondsUntil(nextDay, now);
    var state = new LinkedHashMap<String, @Nullable Object>();
    state.put("state", "suspended");
    state.put("environment", who.environment().name());
    state.put("orgSlug", who.app().owner());
    state.put("repoSlug", who.app().repo());
    state.put("retryAfterSeconds", seconds);
    return new Refusal(
        Refusal.TOO_MANY,
        who + " is suspended",
        Map.of("appLimitState", state),
        Duration.ofSeconds(seconds));
  }

  private static long secondsUntil(Instant end, Instant now) {
    return Math.max(1, Duration.between(now, end).plusNanos(999_999_999).toSeconds());
  }
}
