package io.w7s.sdk.testing.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.testing.LinkState;
import io.w7s.sdk.workflow.WorkflowHandle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every transport has to do, as a suite of tests: the same call has the same answer
 * everywhere, down to the type of the exception. A test class extends it and says what the
 * transport talks to:
 *
 * <pre>{@code
 * class MyTransportTest extends TransportContract {
 *   @Override
 *   protected FarSide open(Limits limits) {
 *     return new MyFarSide(limits);
 *   }
 * }
 * }</pre>
 *
 * <p>It calls through {@code W7s}, blocking and async, without retries. It needs JUnit 5.12 or
 * later with parameters, and AssertJ.
 */
public abstract class TransportContract extends RefusalContract {

  private static final Duration SHORT = Duration.ofMillis(300);

  /** For subclasses. */
  protected TransportContract() {}

  private static Text impatient(CallStyle way, W7s w7s) {
    return way.call(
        () -> w7s.rpc().with(call -> call.attemptTimeout(SHORT)).call(ECHO, new Text("a")),
        () -> w7s.rpc().with(call -> call.attemptTimeout(SHORT)).callAsync(ECHO, new Text("a")));
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerThatDoesNotComeInTimeIsATimeout(CallStyle way) {
    deploy(worker().build());
    W7s shop = shop();
    farSide().link(LinkState.STALLED);

    assertThatThrownBy(() -> impatient(way, shop))
        .asInstanceOf(type(CallTimeoutException.class))
        .satisfies(timeout -> assertThat(timeout.mayHaveBeenDelivered()).isTrue())
        .satisfies(timeout -> assertThat(timeout.target()).isEqualTo("acme/worker/echo"));
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerThatIsLostMayHaveBeenDelivered(CallStyle way) {
    deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                ECHO,
                request -> {
                  handled.add("rpc " + requireNonNull(request.body()).text());
                  return request.body();
                })
            .build());
    W7s shop = shop();
    farSide().link(LinkState.LOSES_ANSWERS);

    assertNoAnswer(() -> echo(way, shop, "a"), true);

    assertThat(handled).containsExactly("rpc a");
  }

  @ParameterizedTest
  @EnumSource
  void aMessageWhoseReceiptIsLostMayHaveBeenTaken(CallStyle way) {
    assumeGoesOverTheLink(Kind.QUEUE);
    deploy(worker().build());
    W7s shop = shop();
    farSide().link(LinkState.LOSES_ANSWERS);

    assertNoAnswer(() -> send(way, shop, "a"), true);

    farSide().link(LinkState.GOOD);
    farSide().settle();
    assertThat(handled).containsExactly("job a");
  }

  @ParameterizedTest
  @EnumSource
  void aCallThatIsLostMayHaveBeenDelivered(Kind kind) {
    assumeGoesOverTheLink(kind);
    deploy(worker().build());
    W7s shop = shop();
    farSide().link(LinkState.LOSES_REQUESTS);

    for (CallStyle way : CallStyle.values()) {
      assertNoAnswer(() -> kind.make(way, shop), true);
    }

    farSide().link(LinkState.GOOD);
    farSide().settle();
    assertThat(handled).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whereNobodyListensNothingIsDelivered(Kind kind) {
    assumeGoesOverTheLink(kind);
    deploy(worker().build());
    W7s shop = shop();
    farSide().link(LinkState.DOWN);

    for (CallStyle way : CallStyle.values()) {
      assertNoAnswer(() -> kind.make(way, shop), false);
    }
  }

  @Test
  void whatAPlatformNearbyTookIsDeliveredWhenTheWayIsGoodAgain() {
    assumeTrue(farSide().platformIsNear(), "the platform is on the other side");
    deploy(worker().build());
    W7s shop = shop();
    farSide().link(LinkState.DOWN);

    send(CallStyle.BLOCKING, shop, "a");
    publish(CallStyle.ASYNC, shop, "b");
    WorkflowHandle<Text> started = start(CallStyle.BLOCKING, shop, "c", "c");
    farSide().link(LinkState.GOOD);
    farSide().settle();

    assertThat(handled).containsExactlyInAnyOrder("job a", "event b");
    assertThat(started.await(Duration.ofSeconds(20))).isEqualTo(new Text("built c"));
  }

  private static void assertNoAnswer(Runnable call, boolean mayHaveBeenDelivered) {
    assertThatThrownBy(call::run)
        .isExactlyInstanceOf(TransportException.class)
        .asInstanceOf(type(TransportException.class))
        .satisfies(none -> assertThat(none.mayHaveBeenDelivered()).isEqualTo(mayHaveBeenDelivered));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GOOD")
  void aTransportWorksAgainWhenTheWayIsGoodAgain(LinkState before) {
    deploy(worker().build());
    W7s shop = shop();
    farSide().link(before);
    assertThatThrownBy(() -> impatient(CallStyle.BLOCKING, shop))
        .isInstanceOf(TransportException.class);

    farSide().link(LinkState.GOOD);

    assertThat(echo(CallStyle.BLOCKING, shop, "b")).isEqualTo(new Text("echo b"));
    assertThat(echo(CallStyle.ASYNC, shop, "c")).isEqualTo(new Text("echo c"));
  }

  @Test
  void aCancelledCallIsOverAndTheNextOneWorks() {
    deploy(worker().build());
    W7s shop = shop();
    farSide().link(LinkState.STALLED);
    CompletableFuture<Text> call = shop.rpc().callAsync(ECHO, new Text("a"));

    assertThat(call.cancel(true)).isTrue();

    assertThat(call).isCancelled();
    farSide().link(LinkState.GOOD);
    assertThat(echo(CallStyle.ASYNC, shop, "b")).isEqualTo(new Text("echo b"));
  }

  @Test
  void aThreadThatIsInterruptedMakesNoCallAndStaysInterrupted() {
    deploy(worker().build());
    W7s shop = shop();

    Thread.currentThread().interrupt();
    try {
      assertNoAnswer(() -> send(CallStyle.BLOCKING, shop, "a"), false);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }

    farSide().settle();
    assertThat(handled).isEmpty();
  }

  @Test
  void anInterruptEndsACallUnderWayAndStays() {
    Thread caller = Thread.currentThread();
    var over = new CountDownLatch(1);
    deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                ECHO,
                request -> {
                  caller.interrupt();
                  if (Thread.currentThread() != caller) {
                    over.await();
                  }
                  return request.body();
                })
            .build());
    W7s shop = shop();

    try {
      assertNoAnswer(() -> echo(CallStyle.BLOCKING, shop, "a"), true);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
      over.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsClosedMakesNoCall(Kind kind) {
    deploy(worker().build());
    W7s shop = shop();
    shop.close();
    shop.close();

    for (CallStyle way : CallStyle.values()) {
      assertNoAnswer(() -> kind.make(way, shop), false);
    }
    farSide().settle();
    assertThat(handled).isEmpty();
  }

  @Test
  void closingEndsTheAsyncCallsUnderWay() {
    deploy(worker().build());
    W7s shop = shop();
    farSide().link(LinkState.STALLED);
    CompletableFuture<Text> call = shop.rpc().callAsync(ECHO, new Text("a"));

    shop.close();

    assertThatThrownBy(call::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseExactlyInstanceOf(TransportException.class);
  }

  @Test
  void closingEndsABlockingCallUnderWay() {
    W7s[] shop = new W7s[1];
    deploy(
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(
                ECHO,
                request -> {
                  shop[0].close();
                  return request.body();
                })
            .build());
    shop[0] = shop();

    assertNoAnswer(() -> echo(CallStyle.BLOCKING, shop[0], "a"), true);
  }
}
