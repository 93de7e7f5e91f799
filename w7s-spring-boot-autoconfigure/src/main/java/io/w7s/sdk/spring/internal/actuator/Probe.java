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
 * Asks something that may hang, such as a database, on a daemon thread of its own. While a question
 * has no answer, no other is asked, so a probe has at most one thread however often it is asked.
 * Thread-safe.
 */
public final class Probe {

  /** How long all questions of one request may take together; well within a second. */
  public static final Duration PATIENCE = Duration.ofMillis(800);

  private final String name;
  private final Callable<Map<String, Object>> question;
  private @Nullable FutureTask<Map<String, Object>> underWay;

  /**
   * The end of a question.
   *
   * @param name the probe
   * @param details what was found; empty when there is nothing to look at
   * @param error why there are no details; null when there are
   */
  record Answer(String name, Map<String, Object> details, @Nullable String error) {

    /** Returns the details, or the error in their place. */
    Map<String, Object> shown() {
      return error == null ? details : Map.of("error", error);
    }
  }

  /**
   * Creates a probe.
   *
   * @param name what is asked, for a reader
   * @param question returns what it finds; empty when there is nothing to look at
   */
  public Probe(String name, Callable<Map<String, Object>> question) {
    this.name = name;
    this.question = question;
  }

  /** Asks all at the same time, and returns after {@link #PATIENCE} at the latest. */
  static List<Answer> askAll(List<Probe> probes) {
    List<FutureTask<Map<String, Object>>> asked = probes.stream().map(Probe::ask).toList();
    long begun = System.nanoTime(); // not the application's clock, which may be virtual
    var answers = new ArrayList<Answer>();
    for (int i = 0; i < asked.size(); i++) {
      long left = PATIENCE.toNanos() - (System.nanoTime() - begun);
      answers.add(answer(probes.get(i).name, asked.get(i), Math.max(0, left)));
    }
    return answers;
  }

  private synchronized FutureTask<Map<String, Object>> ask() {
    FutureTask<Map<String, Object>> asked = underWay;
    if (asked == null || asked.isDone()) {
      asked = new FutureTask<>(question);
      var thread = new Thread(asked, "w7s-probe-" + name);
      thread.setDaemon(true);
      thread.start(); // where that throws, there is no question that nobody asks
      underWay = asked;
    }
    return asked;
  }

  private static Answer answer(String name, FutureTask<Map<String, Object>> asked, long nanos) {
    try {
      return new Answer(name, asked.get(nanos, TimeUnit.NANOSECONDS), null);
    } catch (TimeoutException hangs) {
      return failed(name, "no answer within " + PATIENCE.toMillis() + " ms");
    } catch (ExecutionException e) {
      return failed(name, reason(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(name, "interrupted");
    }
  }

  private static Answer failed(String name, String error) {
    return new Answer(name, Map.of(), error);
  }

  /** The SDK's own messages hold no secret. Those of others may: a driver's has the URL. */
  private static String reason(@Nullable Throwable cause) {
    if (cause instanceof W7sException known) {
      return String.valueOf(known.getMessage());
    }
    return cause == null ? "failed" : cause.getClass().getName();
  }
}
