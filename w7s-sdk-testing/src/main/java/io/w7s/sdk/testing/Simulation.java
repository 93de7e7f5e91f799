package io.w7s.sdk.testing;

import io.w7s.sdk.error.InvalidInputException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario again and again, each time with another seed: another order of what is due at the
 * same moment, other batches, other faults. A seed that fails is named, and gives the same history
 * whenever it is replayed. Immutable.
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
  private final UnaryOperator<InMemoryW7sBuilder> settings;

  private Simulation(Scenario scenario, UnaryOperator<InMemoryW7sBuilder> settings) {
    this.scenario = scenario;
    this.settings = settings;
  }

  /**
   * What is run with each seed. It must depend on nothing but the platform that it is given, and
   * use no threads, or a seed does not mean one history.
   */
  @FunctionalInterface
  public interface Scenario {

    /**
     * Runs on a fresh platform.
     *
     * @throws Exception when the seed fails, as with an {@link AssertionError}
     */
    void run(InMemoryW7s w7s) throws Exception;
  }

  /**
   * One run of a scenario.
   *
   * @param seed its seed
   * @param journal what happened
   * @param failure what the scenario threw; empty when it passed
   */
  public record Run(long seed, Journal journal, Optional<Throwable> failure) {}

  /** Returns a simulation of a scenario, with what is due at the same moment shuffled. */
  public static Simulation of(Scenario scenario) {
    return new Simulation(scenario, InMemoryW7sBuilder::shuffled);
  }

  /** Returns the same with other settings of the platform; the seed stays the simulation's. */
  public Simulation with(UnaryOperator<InMemoryW7sBuilder> changed) {
    return new Simulation(scenario, builder -> changed.apply(settings.apply(builder)));
  }

  /**
   * Runs with the seeds from 1 on.
   *
   * @param seeds how many; at least 1
   * @throws AssertionError when one fails: it names the seed and holds its journal, and its cause
   *     is what the scenario threw
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

  /** Runs once, with the history that belongs to a seed, and returns what came of it. */
  public Run replay(long seed) {
    InMemoryW7s w7s = settings.apply(InMemoryW7s.builder()).seed(seed).build();
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
