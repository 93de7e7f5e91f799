package io.w7s.sdk.spring.internal.actuator;

import io.w7s.sdk.error.W7sException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks something that may be slow or hang, such as a database, on a daemon thread. While a check
 * runs, no other is started, so a probe has at most one thread however often it is used. Nobody
 * waits for a slow check until its end: what it finds is shown by the next use. Thread-safe.
 */
public final class Probe {

  /** How long all checks of one request may take together; well within a second. */
  static final Duration PATIENCE = Duration.ofMillis(800);

  /** For how long what was found is shown without another check. */
  static final Duration FRESH = Duration.ofSeconds(1);

  /** A check that takes longer hangs. Until then, what the one before has found is shown. */
  static final Duration HANGS = Duration.ofSeconds(5);

  private final String name;
  private final Callable<Map<String, Object>> check;
  private final LongSupplier nanoTime;
  private @Nullable Run latest;

  /** For how long what was found is shown while the next check is slow. */
  static final Duration KEPT = Duration.ofMinutes(5);

  /** What a check has found, or what was wrong, how long it took and when it was over. */
  private record Finding(
      Map<String, Object> details, @Nullable String error, Duration took, long at) {}

  /** A check, under way or ended, and what the one before it has found. */
  private record Run(CompletableFuture<Finding> finding, long begun, @Nullable Finding previous) {}

  /**
   * What is known.
   *
   * @param name the probe
   * @param details what was found; empty when there is nothing to look at, or nothing was found
   * @param error what is wrong; null when nothing is
   * @param age how long ago it was found
   */
  record Result(String name, Map<String, Object> details, @Nullable String error, Duration age) {

    /** Returns the details, or else the error, with their age unless they are fresh. */
    Map<String, Object> shown() {
      Map<String, Object> found =
          error != null && details.isEmpty() ? Map.of("error", error) : details;
      if (found.isEmpty() || age.compareTo(FRESH) < 0) {
        return found;
      }
      var aged = new LinkedHashMap<>(found);
      aged.put("ageSeconds", age.toSeconds());
      return aged;
    }
  }

  /**
   * Creates a probe.
   *
   * @param name what is checked, for a reader
   * @param check returns what it finds; empty when there is nothing to look at
   */
  public Probe(String name, Callable<Map<String, Object>> check) {
    this(name, check, System::nanoTime); // not the application's clock, which may be virtual
  }

  Probe(String name, Callable<Map<String, Object>> check, LongSupplier nanoTime) {
    this.name = name;
    this.check = check;
    this.nanoTime = nanoTime;
  }

  /** Runs all at the same time, and returns after {@link #PATIENCE} at the latest. */
  static List<Result> runAll(List<Probe> probes) {
    List<Run> runs = probes.stream().map(Probe::run).toList();
    long begun = System.nanoTime();
    var results = new ArrayList<Result>();
    for (int i = 0; i < runs.size(); i++) {
      long left = PATIENCE.toNanos() - (System.nanoTime() - begun);
      results.add(probes.get(i).result(runs.get(i), Math.max(0, left)));
    }
    return results;
  }

  /** Returns the check that is under way or has just ended, or starts one. */
  private synchronized Run run() {
    Finding last = latest == null ? null : latest.finding().getNow(null);
    if (latest == null || (last != null && age(last.at()).compareTo(FRESH) >= 0)) {
      var next = new Run(new CompletableFuture<>(), nanoTime.getAsLong(), last);
      var thread =
          new Thread(() -> next.finding().complete(find(next.begun())), "w7s-probe-" + name);
      thread.setDaemon(true);
      thread.start();
      latest = next; // not before: a check whose thread cannot start never ends
    }
    return latest;
  }

  private Finding find(long begun) {
    Map<String, Object> details = Map.of();
    String error = null;
    try {
      details = check.call();
    } catch (PartlyFailed failure) {
      details = failure.details;
      error = failure.getMessage();
    } catch (Throwable failure) {
      error = reason(failure);
    }
    return new Finding(details, error, age(begun), nanoTime.getAsLong());
  }

  /** A check has found something, and something was wrong. */
  static final class PartlyFailed extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Map<String, Object> details;

    PartlyFailed(Map<String, Object> details, String error) {
      super(error);
      this.details = details;
    }
  }

  private Result result(Run run, long nanos) {
    try {
      return result(run.finding().get(nanos, TimeUnit.NANOSECONDS));
    } catch (TimeoutException slow) {
      Duration taken = age(run.begun());
      if (taken.compareTo(HANGS) >= 0) {
        return failed("no response for " + taken.toSeconds() + " s");
      }
      Finding previous = run.previous();
      return previous == null
              || previous.took().compareTo(HANGS) >= 0
              || age(previous.at()).compareTo(KEPT) >= 0
          ? failed("no response within " + PATIENCE.toMillis() + " ms")
          : result(previous);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("interrupted");
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private Result result(Finding found) {
    return new Result(name, found.details(), found.error(), age(found.at()));
  }

  private Result failed(String error) {
    return new Result(name, Map.of(), error, Duration.ZERO);
  }

  private Duration age(long since) {
    return Duration.ofNanos(nanoTime.getAsLong() - since);
  }

  /** The SDK's own messages hold no secret. Those of others may: a driver's has the URL. */
  static String reason(Throwable failure) {
    return failure instanceof W7sException known
        ? String.valueOf(known.getMessage())
        : failure.getClass().getName();
  }
}
