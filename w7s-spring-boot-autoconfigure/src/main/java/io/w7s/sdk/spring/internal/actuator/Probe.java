package io.w7s.sdk.spring.internal.actuator;

import io.w7s.sdk.error.W7sException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Checks something that may hang, such as a database, on a daemon thread. While a check runs, no
 * other is started, so a probe has at most one thread however often it is used. Thread-safe.
 */
public final class Probe {

  /** How long all checks of one request may take together; well within a second. */
  public static final Duration PATIENCE = Duration.ofMillis(800);

  private final String name;
  private final Callable<Map<String, Object>> check;
  private @Nullable FutureTask<Map<String, Object>> underWay;

  /**
   * The end of a check.
   *
   * @param name the probe
   * @param details what was found; empty when there is nothing to look at
   * @param error why there are no details; null when there are
   */
  record Result(String name, Map<String, Object> details, @Nullable String error) {

    /** Returns the details, or the error in their place. */
    Map<String, Object> shown() {
      return error == null ? details : Map.of("error", error);
    }
  }

  /**
   * Creates a probe.
   *
   * @param name what is checked, for a reader
   * @param check returns what it finds; empty when there is nothing to look at
   */
  public Probe(String name, Callable<Map<String, Object>> check) {
    this.name = name;
    this.check = check;
  }

  /** Runs all at the same time, and returns after {@link #PATIENCE} at the latest. */
  static List<Result> runAll(List<Probe> probes) {
    List<FutureTask<Map<String, Object>>> running = probes.stream().map(Probe::run).toList();
    long begun = System.nanoTime(); // not the application's clock, which may be virtual
    var results = new ArrayList<Result>();
    for (int i = 0; i < running.size(); i++) {
      long left = PATIENCE.toNanos() - (System.nanoTime() - begun);
      results.add(result(probes.get(i).name, running.get(i), Math.max(0, left)));
    }
    return results;
  }

  private synchronized FutureTask<Map<String, Object>> run() {
    FutureTask<Map<String, Object>> running = underWay;
    if (running == null || running.isDone()) {
      running = new FutureTask<>(check);
      var thread = new Thread(running, "w7s-probe-" + name);
      thread.setDaemon(true);
      thread.start();
      underWay = running; // not before: a check whose thread cannot start never ends
    }
    return running;
  }

  private static Result result(String name, FutureTask<Map<String, Object>> running, long nanos) {
    try {
      return new Result(name, running.get(nanos, TimeUnit.NANOSECONDS), null);
    } catch (TimeoutException hangs) {
      return failed(name, "no response within " + PATIENCE.toMillis() + " ms");
    } catch (ExecutionException e) {
      return failed(name, reason(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(name, "interrupted");
    }
  }

  private static Result failed(String name, String error) {
    return new Result(name, Map.of(), error);
  }

  /** The SDK's own messages hold no secret. Those of others may: a driver's has the URL. */
  private static String reason(@Nullable Throwable cause) {
    if (cause instanceof W7sException known) {
      return String.valueOf(known.getMessage());
    }
    return cause == null ? "failed" : cause.getClass().getName();
  }
}
