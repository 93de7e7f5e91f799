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

  /** What a check has found, or why it has found nothing, and when. */
  private record Finding(Map<String, Object> details, @Nullable String error, long at) {}

  /** A check, under way or ended, and what the one before it has found. */
  private record Run(CompletableFuture<Finding> finding, long begun, @Nullable Finding previous) {}

  /**
   * What is known.
   *
   * @param name the probe
   * @param details what was found; empty when there is nothing to look at
   * @param error why there are no details; null when there are
   * @param age how long ago it was found
   */
  record Result(String name, Map<String, Object> details, @Nullable String error, Duration age) {

    /** Returns the details, or the error in their place, with their age unless they are fresh. */
    Map<String, Object> shown() {
      Map<String, Object> found = error == null ? details : Map.of("error", error);
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
      var thread = new Thread(() -> next.finding().complete(find()), "w7s-probe-" + name);
      thread.setDaemon(true);
      thread.start();
      latest = next; // not before: a check whose thread cannot start never ends
    }
    return latest;
  }

  private Finding find() {
    try {
      Map<String, Object> details = check.call();
      return new Finding(details, null, nanoTime.getAsLong());
    } catch (Throwable failure) {
      return new Finding(Map.of(), reason(failure), nanoTime.getAsLong());
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
      return run.previous() == null
          ? failed("no response within " + PATIENCE.toMillis() + " ms")
          : result(run.previous());
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
  private static String reason(Throwable failure) {
    return failure instanceof W7sException known
        ? String.valueOf(known.getMessage())
        : failure.getClass().getName();
  }
}
