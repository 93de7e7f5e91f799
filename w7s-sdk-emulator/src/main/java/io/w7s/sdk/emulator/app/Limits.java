package io.w7s.sdk.emulator.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.emulator.app.Metric.Scope;
import io.w7s.sdk.error.InvalidInputException;
import java.util.HashMap;
import java.util.Map;

/**
 * The usage limits of apps. There are limits per day and per minute: for one repository, for all
 * repositories of an owner, and for all repositories. Another limit is on the workflow executions
 * that are active at the same time. Days and minutes are those of UTC. Immutable.
 */
public final class Limits {

  /**
   * The default number of executions of an app's workflows that may be active in an environment.
   */
  public static final int DEFAULT_ACTIVE_WORKFLOWS = 50;

  private static final long UNLIMITED = Long.MAX_VALUE;

  private final Map<Key, Long> daily;
  private final Map<Key, Long> burst;
  private final Map<RepoKey, Long> dailyOfRepo;
  private final int activeWorkflows;

  private Limits(
      Map<Key, Long> daily,
      Map<Key, Long> burst,
      Map<RepoKey, Long> dailyOfRepo,
      int activeWorkflows) {
    this.daily = daily;
    this.burst = burst;
    this.dailyOfRepo = dailyOfRepo;
    this.activeWorkflows = activeWorkflows;
  }

  private record Key(Metric metric, Scope scope) {}

  private record RepoKey(AppId app, Metric metric) {}

  /** Returns limits without any limit per day or minute, and with 50 active executions. */
  public static Limits none() {
    return new Limits(Map.of(), Map.of(), Map.of(), DEFAULT_ACTIVE_WORKFLOWS);
  }

  /** Returns the default limits of the platform. */
  public static Limits platform() {
    var daily = new HashMap<Key, Long>();
    var burst = new HashMap<Key, Long>();
    for (Metric metric : Metric.values()) {
      for (Scope scope : Scope.values()) {
        daily.put(new Key(metric, scope), metric.platformDaily(scope));
        burst.put(new Key(metric, scope), metric.platformBurst(scope));
      }
    }
    return new Limits(daily, burst, Map.of(), DEFAULT_ACTIVE_WORKFLOWS);
  }

  /**
   * Returns these limits with another limit per day.
   *
   * @throws InvalidInputException when the units are negative
   */
  public Limits withDaily(Metric metric, Scope scope, long units) {
    return new Limits(
        with(daily, new Key(metric, scope), units), burst, dailyOfRepo, activeWorkflows);
  }

  /**
   * Returns these limits with a limit per day for one repository, in each of its environments.
   *
   * @throws InvalidInputException when the units are negative
   */
  public Limits withDaily(AppId app, Metric metric, long units) {
    return new Limits(
        daily, burst, with(dailyOfRepo, new RepoKey(app, metric), units), activeWorkflows);
  }

  /**
   * Returns these limits with another limit per minute.
   *
   * @throws InvalidInputException when the units are negative
   */
  public Limits withBurst(Metric metric, Scope scope, long units) {
    return new Limits(
        daily, with(burst, new Key(metric, scope), units), dailyOfRepo, activeWorkflows);
  }

  /**
   * Returns these limits with another number of workflow executions that may be active at the same
   * time, for each app and environment.
   *
   * @throws InvalidInputException when it is not positive
   */
  public Limits withActiveWorkflows(int instances) {
    if (instances < 1) {
      throw new InvalidInputException("active workflows", "" + instances, "at least 1");
    }
    return new Limits(daily, burst, dailyOfRepo, instances);
  }

  /**
   * Returns how many units an app may use in a day; {@link Long#MAX_VALUE} when there is no limit.
   */
  public long daily(AppId app, Metric metric, Scope scope) {
    Long own = scope == Scope.REPO ? dailyOfRepo.get(new RepoKey(app, metric)) : null;
    return own != null ? own : daily.getOrDefault(new Key(metric, scope), UNLIMITED);
  }

  /**
   * Returns how many units may be used in a minute; {@link Long#MAX_VALUE} when there is no limit.
   */
  public long burst(Metric metric, Scope scope) {
    return burst.getOrDefault(new Key(metric, scope), UNLIMITED);
  }

  /** Returns whether there is any limit for a day or a minute. */
  public boolean areOn() {
    return !(daily.isEmpty() && burst.isEmpty() && dailyOfRepo.isEmpty());
  }

  /** Returns how many workflow executions of an app may be active in one environment. */
  public int activeWorkflows() {
    return activeWorkflows;
  }

  private static <K> Map<K, Long> with(Map<K, Long> limits, K key, long units) {
    if (units < 0) {
      throw new InvalidInputException("limit", "" + units, "0 or more");
    }
    var copy = new HashMap<>(limits);
    copy.put(key, units);
    return copy;
  }
}
