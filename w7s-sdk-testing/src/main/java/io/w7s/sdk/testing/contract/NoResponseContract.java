package io.w7s.sdk.testing.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.testing.LinkState;
import io.w7s.sdk.workflow.WorkflowHandle;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Calls without a response: whether they may have been delivered, and how the transport recovers.
 */
public abstract class NoResponseContract extends ContractTests {

  private static final Duration SHORT = Duration.ofMillis(300);

  /**
   * Creates the tests.
   *
   * @param fixtures opens a fixture for each test, in which these limits apply
   */
  protected NoResponseContract(Function<Limits, TransportFixture> fixtures) {
    super(fixtures);
  }

  @ParameterizedTest
  @EnumSource
  void aLateResponseIsATimeout(CallStyle style) {
    deploy(worker().build());
    W7s shop = shop();
    fixture().link(LinkState.STALLED);

    assertThatThrownBy(() -> echoWithShortTimeout(style, shop))
        .asInstanceOf(type(CallTimeoutException.class))
        .satisfies(timeout -> assertThat(timeout.mayHaveBeenDelivered()).isTrue())
        .satisfies(timeout -> assertThat(timeout.target()).isEqualTo("acme/worker/echo"));
  }

  @ParameterizedTest
  @EnumSource
  void anRpcWhoseResponseIsLostMayHaveBeenDelivered(CallStyle style) {
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
    fixture().link(LinkState.LOSES_RESPONSES);

    assertNoResponse(() -> echo(style, shop, "a"), true);

    assertThat(handled).containsExactly("rpc a");
  }

  @ParameterizedTest
  @EnumSource
  void aMessageWhoseReceiptIsLostMayHaveBeenDelivered(CallStyle style) {
    assumeUsesTheLink(CallKind.QUEUE);
    deploy(worker().build());
    W7s shop = shop();
    fixture().link(LinkState.LOSES_RESPONSES);

    assertNoResponse(() -> send(style, shop, "a"), true);

    fixture().link(LinkState.GOOD);
    fixture().settle();
    assertThat(handled).containsExactly("job a");
  }

  @ParameterizedTest
  @EnumSource
  void aCallWhoseRequestIsLostMayHaveBeenDelivered(CallKind kind) {
    assumeUsesTheLink(kind);
    deploy(worker().build());
    W7s shop = shop();
    fixture().link(LinkState.LOSES_REQUESTS);

    for (CallStyle style : CallStyle.values()) {
      assertNoResponse(() -> kind.make(style, shop), true);
    }

    fixture().link(LinkState.GOOD);
    fixture().settle();
    assertThat(handled).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aCallToAPlatformThatIsDownIsNotDelivered(CallKind kind) {
    assumeUsesTheLink(kind);
    deploy(worker().build());
    W7s shop = shop();
    fixture().link(LinkState.DOWN);

    for (CallStyle style : CallStyle.values()) {
      assertNoResponse(() -> kind.make(style, shop), false);
    }
  }

  @Test
  void anInProcessPlatformDeliversWhenTheLinkIsBack() {
    assumeTrue(
        fixture().hasPlatformInProcess(), "the platform is not in the process of the caller");
    deploy(worker().build());
    W7s shop = shop();
    fixture().link(LinkState.DOWN);

    send(CallStyle.BLOCKING, shop, "a");
    publish(CallStyle.ASYNC, shop, "b");
    WorkflowHandle<Text> started = start(CallStyle.BLOCKING, shop, "c", "c");
    fixture().link(LinkState.GOOD);
    fixture().settle();

    assertThat(handled).containsExactlyInAnyOrder("job a", "event b");
    assertThat(started.await(Duration.ofSeconds(20))).isEqualTo(new Text("built c"));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GOOD")
  void aTransportRecoversWithItsLink(LinkState before) {
    deploy(worker().build());
    W7s shop = shop();
    fixture().link(before);
    assertThatThrownBy(() -> echoWithShortTimeout(CallStyle.BLOCKING, shop))
        .isInstanceOf(TransportException.class);

    fixture().link(LinkState.GOOD);

    assertThat(echo(CallStyle.BLOCKING, shop, "b")).isEqualTo(new Text("echo b"));
    assertThat(echo(CallStyle.ASYNC, shop, "c")).isEqualTo(new Text("echo c"));
  }

  private static Text echoWithShortTimeout(CallStyle style, W7s w7s) {
    return style.call(
        () -> w7s.rpc().with(call -> call.attemptTimeout(SHORT)).call(ECHO, new Text("a")),
        () -> w7s.rpc().with(call -> call.attemptTimeout(SHORT)).callAsync(ECHO, new Text("a")));
  }

  /** Skips the test unless calls of this kind use the link. */
  final void assumeUsesTheLink(CallKind kind) {
    assumeTrue(
        kind == CallKind.RPC || !fixture().hasPlatformInProcess(),
        "the platform is in the process of the caller");
  }
}
