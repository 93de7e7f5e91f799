package io.w7s.sdk.testing;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.StepLog;
import java.util.Set;
import java.util.function.Function;

/**
 * Kills the process of a durable workflow wherever it can die, and checks that your invariant holds
 * all the same. The scenario runs once without a kill, which shows what is written to the log; then
 * once for each place before and after each write, and once more for each place that comes after
 * such a kill, where the process that has taken over dies as well. After a kill the attempt does
 * nothing more. Time moves on, the lease ends, and the run is taken up again. Immutable.
 *
 * <pre>{@code
 * KillMatrix.of(
 *         (w7s, log) -> {
 *           var bank = new FakeBank();
 *           w7s.deploy(shop(log, bank));
 *           var checkout = w7s.as("acme/shop").workflows().start(CHECKOUT, cart);
 *           assertThat(checkout.await(ofDays(3))).isEqualTo(new Paid(100));
 *           assertThat(bank.charged()).isEqualTo(100);
 *         })
 *     .run();
 * }</pre>
 */
public final class KillMatrix {

  private final Scenario scenario;
  private final Function<TimeSource, StepLog> logs;

  private KillMatrix(Scenario scenario, Function<TimeSource, StepLog> logs) {
    this.scenario = scenario;
    this.logs = logs;
  }

  /**
   * The code that runs for each place. It must depend only on what it is given, and must write the
   * same to the log each time; so it must not use threads.
   */
  @FunctionalInterface
  public interface Scenario {

    /**
     * Runs on a new platform, and checks the invariant.
     *
     * @param w7s the platform
     * @param log the log that the app is to be built with
     * @throws Exception if the scenario fails; an {@link AssertionError} is a failure, too
     */
    void run(InMemoryW7s w7s, StepLog log) throws Exception;
  }

  /** Returns the matrix of a scenario, with a log in memory for each run. */
  public static KillMatrix of(Scenario scenario) {
    return new KillMatrix(requireNonNull(scenario, "scenario"), StepLog::inMemory);
  }

  /**
   * Returns this matrix with other logs.
   *
   * @param logs makes an empty log with a clock, for each run
   */
  public KillMatrix logs(Function<TimeSource, StepLog> logs) {
    return new KillMatrix(scenario, requireNonNull(logs, "logs"));
  }

  /**
   * Runs the scenario for each place and for each two places.
   *
   * @return how often it ran, the first time included: for n writes at least 2n² + n + 1 times, and
   *     more as who takes over writes more
   * @throws AssertionError at the first run that fails; the message says where it was killed, and
   *     the cause is what the scenario threw
   */
  public int run() {
    int places = 2 * run(Set.of());
    int runs = 1;
    for (int first = 0; first < places; first++) {
      int placesThen = 2 * run(Set.of(first));
      runs++;
      for (int second = first + 1; second < placesThen; second++) {
        run(Set.of(first, second));
        runs++;
      }
    }
    return runs;
  }

  /** Runs the scenario with kills; returns how many writes there were. */
  private int run(Set<Integer> kills) {
    InMemoryW7s w7s = InMemoryW7s.create();
    var log = new MortalStepLog(logs.apply(w7s.time()), kills);
    InMemoryW7s.Scope current = w7s.makeCurrent();
    try {
      scenario.run(w7s, log);
      return log.writes();
    } catch (Exception | AssertionError failure) {
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      String deaths = String.join(", and ", log.deaths());
      throw new AssertionError(
          (deaths.isEmpty() ? "failed without a kill: " : "failed when killed " + deaths + ": ")
              + failure.getMessage(),
          failure);
    } finally {
      current.close();
    }
  }
}
