package io.w7s.sdk.testing;

import static io.w7s.sdk.testing.Acme.BUILD;
import static io.w7s.sdk.testing.Acme.DONE;
import static io.w7s.sdk.testing.Acme.JOBS;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.W7s;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.testing.Acme.Job;
import io.w7s.sdk.testing.Simulation.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulationTest {

  /** Two jobs at the same moment. With some seeds, the second is handled first. */
  private static final Simulation ORDER =
      Simulation.of(
          w7s -> {
            var acme = new Acme();
            w7s.deploy(acme.worker());
            w7s.as("acme/shop").queues().send(JOBS, new Job("a"));
            w7s.as("acme/shop").queues().send(JOBS, new Job("b"));
            w7s.runUntilIdle();
            assertThat(acme.handled).containsExactly("job a", "job b");
          });

  /** Calls of several kinds, with faults in each phase. */
  private static final Simulation EVERYTHING =
      Simulation.of(
              w7s -> {
                var acme = new Acme();
                w7s.deploy(
                    acme.worker(), acme.subscriber("acme/mail"), acme.subscriber("acme/stock"));
                W7s shop = w7s.as("acme/shop");
                for (int i = 0; i < 10; i++) {
                  var job = new Job("" + i);
                  attempt(() -> shop.queues().send(JOBS, job));
                  attempt(() -> shop.events().publish(DONE, job));
                  attempt(() -> shop.workflows().start(BUILD, job));
                }
                w7s.advance(ofMinutes(5));
                w7s.runUntilIdle();
                w7s.undeploy("acme/worker");
              })
          .with(
              platform ->
                  platform
                      .platform(parts -> parts.limits(Limits.platform()))
                      .faults(
                          Fault.refuse(429).retryAfter(ofSeconds(3)).withProbability(0.1),
                          Fault.responseLost().withProbability(0.1),
                          Fault.slow(ofSeconds(4)).withProbability(0.2),
                          Fault.dropMessage().withProbability(0.1),
                          Fault.doubleMessage().withProbability(0.1),
                          Fault.reorderMessage(ofSeconds(20)).withProbability(0.2),
                          Fault.failHandler(500).withProbability(0.3),
                          Fault.loseHandlerResponse().withProbability(0.1)));

  private static void attempt(Runnable call) {
    try {
      call.run();
    } catch (W7sException failed) {
      // it is in the journal
    }
  }

  @Test
  void aFailureNamesItsSeedWhichReplaysTheSameJournal() {
    assertThatThrownBy(() -> ORDER.run(100))
        .isInstanceOf(AssertionError.class)
        .hasCauseInstanceOf(AssertionError.class)
        .hasMessageMatching("(?s)seed \\d+ failed, the \\d+ before it passed; replay\\(\\d+\\) .*")
        .hasMessageContaining("[\"job b\", \"job a\"]")
        .hasMessageContaining(" sent acme/worker/jobs by acme/shop (production): message ")
        .satisfies(
            failure -> {
              long seed =
                  Long.parseLong(failure.getMessage().replaceAll("(?s)seed (\\d+) .*", "$1"));
              Run again = ORDER.replay(seed);
              assertThat(again.failure()).isPresent();
              assertThat(failure.getMessage()).endsWith(again.journal().toString());
              assertThat(ORDER.replay(seed - 1).failure()).isEmpty();
            });
  }

  @Test
  void aScenarioThatHoldsForEverySeedPasses() {
    Simulation.of(
            w7s -> {
              var acme = new Acme();
              w7s.deploy(acme.worker());
              w7s.faults().add(Fault.failHandler(500).withProbability(0.5));
              w7s.as("acme/shop").queues().send(JOBS, new Job("a"));
              w7s.runUntilIdle();
              int dropped = w7s.platform().queues().deadLetters().size();
              assertThat(acme.handled.size() + dropped).isEqualTo(1);
            })
        .run(200);
  }

  @Test
  void aSeedAlwaysHasTheSameJournal() {
    for (long seed = 1; seed <= 20; seed++) {
      Journal first = EVERYTHING.replay(seed).journal();
      assertThat(EVERYTHING.replay(seed).journal().toString()).isEqualTo(first.toString());
    }
  }

  @Test
  void differentSeedsHaveDifferentJournals() {
    Set<String> histories = new HashSet<>();
    for (long seed = 1; seed <= 20; seed++) {
      histories.add(EVERYTHING.replay(seed).journal().toString());
    }
    assertThat(histories).hasSize(20);
  }

  /**
   * One file for all JDKs. After a deliberate change of the emulator, copy the new journal from
   * target.
   */
  @Test
  void aSeedHasTheSameJournalOnEveryJdk() throws IOException {
    Run run = EVERYTHING.replay(42);
    Files.writeString(Path.of("target", "journal-of-seed-42.txt"), run.journal().toString());

    assertThat(run.failure()).isEmpty();
    assertThat(run.journal().toString()).isEqualTo(resource("/journal-of-seed-42.txt"));
  }

  private static String resource(String name) throws IOException {
    try (var in = SimulationTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void fewerThanOneSeedIsRefused() {
    assertThatThrownBy(() -> ORDER.run(0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("seeds: found 0, must be at least 1");
  }
}
