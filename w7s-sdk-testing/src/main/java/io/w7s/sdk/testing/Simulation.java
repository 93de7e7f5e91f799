package io.w7s.sdk.testing;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario many times, each time with another seed. The seed determines the order of tasks
 * that are due at the same moment, the batches, and the random faults. A failure names its seed; a
 * replay of this seed has the same history. Immutable.
 *
 * <pre>{@code
 * Simulation simulation =
 *     Simulation.of(w7s -> {
 *       w7s.deploy(shop, worker);
 *       w7s.faults().add(Fault.doubleMessage().withProbability(0.2));
 *       w7s.as("acme/shop").queues().send(JOBS, job);
 *       w7s.runUntilIdle();
 *       assertThat(worker.mailsSent()).isEqualTo(1);
 *     });
 * simulation.run(500);                    // "seed 17 failed ..."
 * simulation.replay(17).journal();        // what happened then
 * }</pre>
 */
public final class Simulation {

  private final Scenario scenario;
  private final Consumer<InMemoryW7sBuilder> settings;

  private Simulation(Scenario scenario, Consumer<InMemoryW7sBuilder> settings) {
    this.scenario = scenario;
    this.settings = settings;
  }

  /**
   * The code that runs with each seed. It must depend only on the platform that it is given, and
   * must not use threads. Otherwise the same seed may have different histories.
   */
  @FunctionalInterface
  public interface Scenario {

    /**
     * Runs on a new platform.
     *
     * @throws Exception if the scenario fails; an {@link AssertionError} is a failure, too
     */
    void run(InMemoryW7s w7s) throws Exception;
  }

  /**
   * One run of a scenario.
   *
   * @param seed the seed of the run
   * @param journal what happened
   * @param failure what the scenario threw; empty if it passed
   */
  public record Run(long seed, Journal journal, Optional<Throwable> failure) {}

  /**
   * Returns a simulation of a scenario on a {@link InMemoryW7sBuilder#shuffled() shuffled}
   * platform.
   */
  public static Simulation of(Scenario scenario) {
    return new Simulation(scenario, InMemoryW7sBuilder::shuffled);
  }

  /**
   * Returns this simulation with other settings of the platform. A seed set there has no effect.
   */
  public Simulation with(Consumer<InMemoryW7sBuilder> changed) {
    return new Simulation(scenario, settings.andThen(requireNonNull(changed, "changed")));
  }

  /**
   * Runs the scenario with the seeds 1, 2, 3 and so on.
   *
   * @param seeds the number of seeds; at least 1
   * @throws AssertionError at the first seed that fails; the message has the seed and the journal,
   *     and the cause is what the scenario threw
   * @throws InvalidInputException if the number is less than 1
   */
  public void run(int seeds) {
    if (seeds < 1) {
      throw new InvalidInputException("seeds", String.valueOf(seeds), "at least 1");
    }
    for (long seed = 1; seed <= seeds; seed++) {
      Run run = replay(seed);
      Throwable failure = run.failure().orElse(null);
      if (failure != null) {
        throw new AssertionError(
            "seed %d failed, the %d before it passed; replay(%d) gives this history again: %s%n%s"
                .formatted(seed, seed - 1, seed, failure.getMessage(), run.journal()),
            failure);
      }
    }
  }

  /** Runs the scenario once with a seed, and returns the run. It does not throw what failed. */
  public Run replay(long seed) {
    InMemoryW7sBuilder platform = InMemoryW7s.builder();
    settings.accept(platform);
    InMemoryW7s w7s = platform.seed(seed).build();
    Throwable failure = failure(w7s);
    return new Run(seed, w7s.journal(), Optional.ofNullable(failure));
  }

  private @Nullable Throwable failure(InMemoryW7s w7s) {
    InMemoryW7s.Scope current = w7s.makeCurrent();
    try {
      scenario.run(w7s);
      return null;
    } catch (Exception | AssertionError e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      return e;
    } finally {
      current.close();
    }
  }
}
