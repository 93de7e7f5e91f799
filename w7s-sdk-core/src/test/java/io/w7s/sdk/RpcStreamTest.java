package io.w7s.sdk;

import static io.w7s.sdk.ClientParity.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Responses that are read as they come, and the streams of transports that have none. */
class RpcStreamTest {

  private static W7s w7s(ScriptedTransport transport) {
    return W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build())
        .transport(transport)
        .time(new SteppedTime())
        .build();
  }

  @Test
  void streamsTheResponseOfATransportWithoutStreams() throws Exception {
    var transport = new ScriptedTransport(ClientParity.rpc(404, Headers.of("a", "b"), "no"));
    try (W7s w7s = w7s(transport);
        RpcStream answer = w7s.rpc().stream(SESSION)) {
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.ok()).isFalse();
      assertThat(answer.headers().first("a")).hasValue("b");
      assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("no");
      assertThat(answer).hasToString("RpcStream[status=404]");
    }
  }

  @Test
  void failsWhenTheTargetIsUnreachable() {
    var unreachable = ClientParity.UNREACHABLE;
    try (W7s w7s = w7s(new ScriptedTransport(unreachable, unreachable, unreachable))) {
      assertThatThrownBy(() -> w7s.rpc().stream(SESSION))
          .isExactlyInstanceOf(TransportException.class)
          .hasMessageContaining("(3 attempts)");
    }
  }

  @Test
  void closesTheResponseBeforeARetry() {
    var closings = new AtomicInteger();
    Deque<Integer> statuses = new ArrayDeque<>();
    statuses.add(503);
    statuses.add(200);
    var transport =
        new ScriptedTransport() {
          @Override
          public Outcome<RpcStream> stream(RpcCall call, CallContext context) {
            var body =
                new ByteArrayInputStream(new byte[0]) {
                  @Override
                  public void close() {
                    closings.incrementAndGet();
                  }
                };
            return Outcome.success(new RpcStream(statuses.remove(), Headers.none(), body));
          }
        };
    try (W7s w7s = w7s(transport)) {
      try (RpcStream answer = w7s.rpc().stream(SESSION)) {
        assertThat(answer.ok()).isTrue();
        assertThat(closings).hasValue(1);
      }
      assertThat(closings).hasValue(2);
    }
  }
}
