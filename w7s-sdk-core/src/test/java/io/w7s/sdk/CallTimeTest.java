package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.queue.SendOptions;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The timeouts of a whole call and of each attempt. */
class CallTimeTest {

  private static final RpcRef<Void, String> PING =
      AppRef.of("acme/worker").get("/ping", String.class);

  private final SteppedTime time = new SteppedTime();

  private Supplier<Outcome<?>> timedOutAfter(Duration wait) {
    return () -> {
      time.advance(wait);
      return new Outcome.NoResponse<>(
          Outcome.Failure.TIMED_OUT, true, "no answer in " + wait, null);
    };
  }

  private W7s.Builder w7s(ScriptedTransport transport) {
    return W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build())
        .transport(transport)
        .time(time);
  }

  @Test
  void limitsAnAttemptToTheTimeTheCallHasLeft() {
    Supplier<Outcome<?>> eightSeconds = timedOutAfter(Duration.ofSeconds(8));
    var transport = new ScriptedTransport(List.of(eightSeconds, eightSeconds, eightSeconds));
    try (W7s w7s =
        w7s(transport)
            .options(o -> o.timeout(Duration.ofSeconds(20)).attemptTimeout(Duration.ofSeconds(8)))
            .build()) {
      assertThatThrownBy(() -> w7s.rpc().call(PING)).isInstanceOf(CallTimeoutException.class);
    }

    assertThat(transport.contexts).extracting(CallContext::attempt).containsExactly(1, 2, 3);
    assertThat(transport.contexts.get(0).timeout()).isEqualTo(Duration.ofSeconds(8));
    assertThat(transport.contexts.get(1).timeout()).isEqualTo(Duration.ofSeconds(8));
    assertThat(transport.contexts.get(2).timeout())
        .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
  }

  @Test
  void doesNotRetryAfterTheTimeoutOfTheCall() {
    var transport = new ScriptedTransport(List.of(timedOutAfter(Duration.ofSeconds(5))));
    try (W7s w7s = w7s(transport).options(o -> o.timeout(Duration.ofSeconds(5))).build()) {
      assertThatThrownBy(() -> w7s.rpc().call(PING))
          .isInstanceOf(CallTimeoutException.class)
          .hasMessageContaining("no answer in PT5S");
    }
    assertThat(transport.sent).hasSize(1);
    assertThat(time.waits).isEmpty();
  }

  @Test
  void refusesATimeoutThatIsNotPositive() {
    assertThatThrownBy(() -> new SendOptions(CallOptions.defaults()).timeout(Duration.ZERO))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("timeout: found PT0S, must be positive");
    assertThatThrownBy(
            () -> new SendOptions(CallOptions.defaults()).attemptTimeout(Duration.ofSeconds(-1)))
        .isInstanceOf(InvalidInputException.class);
  }
}
