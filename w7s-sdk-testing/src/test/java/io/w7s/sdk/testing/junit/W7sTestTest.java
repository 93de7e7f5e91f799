package io.w7s.sdk.testing.junit;

import static io.w7s.sdk.testing.Acme.JOBS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.testing.Acme;
import io.w7s.sdk.testing.Acme.Job;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.MemoryTransportProvider;
import io.w7s.sdk.workflow.WorkflowHandle;
import io.w7s.sdk.workflow.WorkflowRef;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.util.ClearSystemProperty;
import org.junit.jupiter.api.util.SetSystemProperty;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** What {@link W7sTest} does for tests that pass, and for tests that fail. */
class W7sTestTest {

  private static Events run(Class<?> test) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(test))
        .execute()
        .testEvents();
  }

  private static String printedBy(Runnable run) {
    PrintStream before = System.err;
    var printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      run.run();
    } finally {
      System.setErr(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @W7sTest
  static class Injected {

    private static final Set<InMemoryW7s> SEEN = ConcurrentHashMap.newKeySet();
    private final InMemoryW7s ofConstructor;

    Injected(InMemoryW7s w7s) {
      ofConstructor = w7s;
    }

    @BeforeEach
    @AfterEach
    void isTheSameInEveryMethodOfTheTest(InMemoryW7s w7s) {
      assertThat(w7s).isSameAs(ofConstructor);
    }

    @RepeatedTest(3)
    void isFresh(InMemoryW7s w7s, VirtualTime time, TimeSource source) {
      assertThat(w7s).isSameAs(ofConstructor);
      assertThat(w7s.time()).isSameAs(time).isSameAs(source);
      assertThat(w7s.journal()).isEmpty();
      assertThat(SEEN.add(w7s)).isTrue();
    }
  }

  @Test
  void everyTestGetsItsOwnPlatform() {
    Injected.SEEN.clear();
    run(Injected.class).assertStatistics(stats -> stats.succeeded(3));
    assertThat(Injected.SEEN).hasSize(3);
  }

  @W7sTest
  static class Parallel {
    @RepeatedTest(50)
    void isAloneOnItsPlatform(InMemoryW7s w7s) {
      w7s.deploy(new Acme().worker());
      w7s.as("acme/shop").queues().send(JOBS, new Job("a"));
      assertThat(new MemoryTransportProvider().time()).isSameAs(w7s.time());
      assertThat(w7s.runUntilIdle().about("acme/worker/jobs").size()).isEqualTo(2);
    }
  }

  @Test
  void parallelTestsDoNotSharePlatforms() {
    EngineTestKit.engine("junit-jupiter")
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
        .selectors(selectClass(Parallel.class))
        .execute()
        .testEvents()
        .assertStatistics(stats -> stats.succeeded(50));
  }

  @W7sTest(start = "2030-05-06T07:08:09Z", seed = 7)
  static class Configured {

    @Test
    void startsAsTheClassSets(InMemoryW7s w7s) {
      assertThat(w7s.now()).isEqualTo(Instant.parse("2030-05-06T07:08:09Z"));
    }

    @Test
    @W7sTest(start = "2031-01-01T00:00:00Z")
    void startsAsTheMethodSets(InMemoryW7s w7s) {
      assertThat(w7s.now()).isEqualTo(Instant.parse("2031-01-01T00:00:00Z"));
    }

    @Nested
    class Inside {
      @Test
      void startsAsTheOuterClassSets(InMemoryW7s w7s) {
        assertThat(w7s.now()).isEqualTo(Instant.parse("2030-05-06T07:08:09Z"));
        assertThat(w7s.time().random().nextLong())
            .isEqualTo(InMemoryW7s.builder().seed(7).build().time().random().nextLong());
      }
    }
  }

  @Test
  void theInnermostAnnotationSetsTheStart() {
    run(Configured.class).assertStatistics(stats -> stats.succeeded(3));
  }

  @W7sTest(start = "tomorrow")
  static class BadStart {
    @Test
    void neverRuns() {}
  }

  @Test
  void anInvalidStartIsNamed() {
    run(BadStart.class)
        .assertThatEvents()
        .haveExactly(
            1,
            event(
                test(),
                finishedWithFailure(
                    message(
                        "@W7sTest(start): found 'tomorrow', must be an instant such as"
                            + " 2026-01-01T00:00:00Z"))));
  }

  @W7sTest
  static class FromEnvironment {
    @Test
    void findsTheTestsPlatform(InMemoryW7s w7s) {
      w7s.deploy(new Acme().worker());
      try (W7s shop = W7s.fromEnvironment()) {
        shop.queues().send(JOBS, new Job("a"));
      }
      assertThat(w7s.waiting(JOBS)).containsExactly(new Job("a"));
      w7s.runUntilIdle();
    }
  }

  @Test
  @SetSystemProperty(key = "w7s.mode", value = "memory")
  @SetSystemProperty(key = "w7s.app", value = "acme/shop")
  @ClearSystemProperty(key = "w7s.conformance.dir") // a key of our build, and no setting
  @ClearSystemProperty(key = "w7s.api.baseline")
  void modeMemoryUsesThePlatformOfTheTest() {
    run(FromEnvironment.class).assertStatistics(stats -> stats.succeeded(1));
  }

  @W7sTest
  static class Failing {
    @Test
    void fails(InMemoryW7s w7s) {
      w7s.deploy(new Acme().worker());
      throw new AssertionError("of the test itself");
    }
  }

  @Test
  void theJournalOfAFailedTestIsPrinted() {
    String printed =
        printedBy(
            () ->
                run(Failing.class)
                    .assertThatEvents()
                    .haveExactly(
                        1, event(test(), finishedWithFailure(message("of the test itself")))));

    assertThat(printed)
        .contains("Journal of fails(InMemoryW7s):")
        .contains("1 2026-01-01T00:00:00Z deployed acme/worker: queues jobs");
  }

  @W7sTest
  static class Unfinished {
    @Test
    void leavesAMessage(InMemoryW7s w7s) {
      w7s.deploy(new Acme().worker());
      w7s.as("acme/shop").queues().send(JOBS, new Job("a"));
      w7s.as("acme/shop").workflows().start(Acme.BUILD, new Job("b"));
    }

    @Test
    @W7sTest(allowWaiting = true)
    void mayLeaveAMessage(InMemoryW7s w7s) {
      leavesAMessage(w7s);
    }
  }

  @Test
  void aWaitingMessageFailsTheTestUnlessAllowed() {
    String printed =
        printedBy(
            () -> {
              Events events = run(Unfinished.class);
              events.assertStatistics(stats -> stats.succeeded(1).failed(1));
              events
                  .assertThatEvents()
                  .haveExactly(
                      1,
                      event(
                          test("leavesAMessage"),
                          finishedWithFailure(
                              message(
                                  text ->
                                      text.contains("runUntilIdle()")
                                          && text.contains("allowWaiting = true")
                                          && text.contains("acme/worker/jobs: 1 message waits")
                                          && text.contains(" is queued")))));
            });

    assertThat(printed).contains("Journal of leavesAMessage(InMemoryW7s)").contains(" sent ");
  }

  @W7sTest
  static class Dropping {
    @Test
    void dropsAMessage(InMemoryW7s w7s) {
      w7s.deploy(new Acme().failing());
      w7s.as("acme/shop").queues().send(JOBS, new Job("a"));
      w7s.runUntilIdle();
    }

    @Test
    @W7sTest(allowDeadLetters = true)
    void mayDropAMessage(InMemoryW7s w7s) {
      dropsAMessage(w7s);
    }
  }

  @Test
  void aDroppedMessageFailsTheTestUnlessAllowed() {
    printedBy(
        () -> {
          Events events = run(Dropping.class);
          events.assertStatistics(stats -> stats.succeeded(1).failed(1));
          events
              .assertThatEvents()
              .haveExactly(
                  1,
                  event(
                      test("dropsAMessage"),
                      finishedWithFailure(
                          message(
                              text ->
                                  text.contains("allowDeadLetters = true")
                                      && text.contains("on acme/worker/jobs, attempt 4")
                                      && text.contains("RETRIES_EXHAUSTED")
                                      && text.contains(
                                          "java.lang.IllegalStateException: no at io.w7s.sdk"
                                              + ".testing.Acme.lambda$")))));
        });
  }

  @W7sTest
  static class Durable {

    private static final AppRef SHOP = AppRef.of("acme/shop");
    private static final WorkflowRef<String, String> CHECKOUT =
        SHOP.workflow("checkout", String.class, String.class);

    private static WorkflowHandle<String> start(
        InMemoryW7s w7s, StepsHandler<String, String> body) {
      StepLog log = StepLog.inMemory(w7s.time());
      w7s.deploy(W7sApp.builder(SHOP).steps(log).on(CHECKOUT, body).build());
      return w7s.as("acme/web").workflows().start(CHECKOUT, "c-1");
    }

    private static WorkflowHandle<String> failing(InMemoryW7s w7s) {
      WorkflowHandle<String> handle =
          start(
              w7s,
              (run, steps) -> {
                steps.sleep("a day", Duration.ofDays(1));
                throw Reject.permanently("no card");
              });
      w7s.advance(Duration.ofMinutes(1));
      handle.status(); // before it has failed
      w7s.runUntilIdle();
      return handle;
    }

    @Test
    void leavesARunThatFailed(InMemoryW7s w7s) {
      failing(w7s);
    }

    @Test
    void asksForARunThatFailed(InMemoryW7s w7s) {
      assertThat(failing(w7s).status().error()).isPresent();
    }

    @Test
    @W7sTest(allowFailedRuns = true)
    void mayLeaveARunThatFailed(InMemoryW7s w7s) {
      failing(w7s);
    }

    private static void waiting(InMemoryW7s w7s) {
      start(
          w7s,
          (run, steps) -> {
            steps.sleep("a day", Duration.ofDays(1));
            return "done";
          });
      w7s.advance(Duration.ofMinutes(1));
    }

    @Test
    void leavesARunThatWaits(InMemoryW7s w7s) {
      waiting(w7s);
    }

    @Test
    @W7sTest(allowWaiting = true)
    void mayLeaveARunThatWaits(InMemoryW7s w7s) {
      waiting(w7s);
    }

    @Test
    void leavesARunThatIsComplete(InMemoryW7s w7s) {
      waiting(w7s);
      w7s.runUntilIdle();
    }
  }

  @Test
  void aDurableRunThatWaitsOrHasFailedUnseenFailsTheTestUnlessAllowed() {
    printedBy(
        () -> {
          Events events = run(Durable.class);
          events.assertStatistics(stats -> stats.succeeded(4).failed(2));
          events
              .assertThatEvents()
              .haveExactly(
                  1,
                  event(
                      test("leavesARunThatFailed"),
                      finishedWithFailure(
                          message(
                              text ->
                                  text.contains("allowFailedRuns = true")
                                      && text.contains("of acme/shop/checkout: no card")))))
              .haveExactly(
                  1,
                  event(
                      test("leavesARunThatWaits"),
                      finishedWithFailure(
                          message(
                              text ->
                                  text.contains("allowWaiting = true")
                                      && text.contains("of acme/shop/checkout is waiting")))));
        });
  }

  @Test
  void noPlatformIsCurrentWithoutTheAnnotation() {
    run(Injected.class);
    var scope = InMemoryW7s.create().makeCurrent();
    scope.close();
    assertThat(noneIsCurrent()).isTrue();
  }

  private static boolean noneIsCurrent() {
    try {
      new MemoryTransportProvider().time();
      return false;
    } catch (ConfigurationException expected) {
      return expected.getMessage().contains("no InMemoryW7s is current on thread");
    }
  }
}
