package io.w7s.sdk.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.testing.LinkState;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Calls that their caller ends: by cancelling a future, by an interrupt, or by closing the client.
 */
public abstract class CancellationContract extends ContractTests {

  /**
   * Creates the tests.
   *
   * @param fixtures opens a fixture for each test, in which these limits apply
   */
  protected CancellationContract(Function<Limits, TransportFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void afterACancelledCallTheNextOneWorks() {
    deploy(worker().build());
    W7s shop = shop();
    fixture().link(LinkState.STALLED);
    CompletableFuture<Text> call = shop.rpc().callAsync(ECHO, new Text("a"));

    assertThat(call.cancel(true)).isTrue();

    assertThat(call).isCancelled();
    fixture().link(LinkState.GOOD);
    assertThat(echo(CallStyle.ASYNC, shop, "b")).isEqualTo(new Text("echo b"));
  }

  @Test
  void anInterruptedThreadSendsNothingAndStaysInterrupted() {
    deploy(worker().build());
    W7s shop = shop();

    Thread.currentThread().interrupt();
    try {
      assertNoResponse(() -> send(CallStyle.BLOCKING, shop, "a"), false);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }

    fixture().settle();
    assertThat(handled).isEmpty();
  }

  @Test
  void anInterruptEndsARunningCallAndIsKept() {
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
      assertNoResponse(() -> echo(CallStyle.BLOCKING, shop, "a"), true);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
      over.countDown();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClosedClientSendsNothing(CallKind kind) {
    deploy(worker().build());
    W7s shop = shop();
    shop.close();
    shop.close();

    for (CallStyle style : CallStyle.values()) {
      assertNoResponse(() -> kind.make(style, shop), false);
    }
    fixture().settle();
    assertThat(handled).isEmpty();
  }

  @Test
  void closingEndsRunningAsyncCalls() {
    deploy(worker().build());
    W7s shop = shop();
    fixture().link(LinkState.STALLED);
    CompletableFuture<Text> call = shop.rpc().callAsync(ECHO, new Text("a"));

    shop.close();

    assertThatThrownBy(call::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseExactlyInstanceOf(TransportException.class);
  }

  @Test
  void closingEndsARunningBlockingCall() {
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

    assertNoResponse(() -> echo(CallStyle.BLOCKING, shop[0], "a"), true);
  }
}
