package io.w7s.sdk;

import static io.w7s.sdk.ClientParity.CHECKOUT;
import static io.w7s.sdk.ClientParity.JOB;
import static io.w7s.sdk.ClientParity.JOBS;
import static io.w7s.sdk.ClientParity.SENT;
import static io.w7s.sdk.ClientParity.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A duration of any length counts as the longest possible; none ends in an ArithmeticException. */
class LongDurationsTest {

  private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

  static List<Duration> durations() {
    return List.of(Duration.ofDays(300 * 365), ENDLESS);
  }

  private final SteppedTime time = new SteppedTime();

  private W7s.Builder w7s(ScriptedTransport transport) {
    return W7s.builder(W7sConfig.builder().mode(Mode.LOCAL).app("acme/shop").build())
        .transport(transport)
        .time(time);
  }

  @ParameterizedTest
  @MethodSource("durations")
  void acceptsTimeoutsOfAnyLength(Duration longest) {
    var transport = new ScriptedTransport(ClientParity.UNREACHABLE, ClientParity.ENQUEUED);
    try (W7s w7s = w7s(transport).build()) {
      assertThat(
              w7s.queues().send(JOBS, JOB, call -> call.timeout(longest).attemptTimeout(longest)))
          .isEqualTo(SENT);
    }
    assertThat(transport.contexts)
        .extracting(CallContext::timeout)
        .allMatch(timeout -> timeout.toNanos() > Duration.ofDays(100 * 365).toNanos());
  }

  @ParameterizedTest
  @MethodSource("durations")
  void leavesRoomToAddAnAttemptsTimeoutToTheTime(Duration longest) {
    var transport = new ScriptedTransport(ClientParity.ENQUEUED);
    try (W7s w7s = w7s(transport).build()) {
      w7s.queues().send(JOBS, JOB, call -> call.timeout(longest).attemptTimeout(longest));
    }
    long timeout = transport.contexts.get(0).timeout().toNanos();
    assertThat(Math.addExact(System.nanoTime(), timeout)).isPositive();
  }

  @ParameterizedTest
  @MethodSource("durations")
  void waitsForAWorkflowOfAnyLength(Duration longest) {
    var transport =
        new ScriptedTransport(
            ClientParity.instance(State.RUNNING, null, null),
            ClientParity.instance(State.COMPLETE, "{\"user\":\"ann\"}", null),
            ClientParity.instance(State.RUNNING, null, null),
            ClientParity.instance(State.COMPLETE, "{\"user\":\"ann\"}", null));
    try (W7s w7s = w7s(transport).build()) {
      var handle = w7s.workflows().handle(CHECKOUT, "i1");
      assertThat(handle.await(longest).user()).isEqualTo("ann");
      assertThat(handle.awaitAsync(longest)).isCompleted();
    }
  }

  @ParameterizedTest
  @MethodSource("durations")
  void backsOffForAnyLength(Duration longest) {
    var backoff = new Backoff(longest, Double.MAX_VALUE, longest, 0);
    for (int attempt : new int[] {1, 2, Integer.MAX_VALUE}) {
      assertThat(backoff.after(attempt, new Random(1))).isGreaterThan(Duration.ofDays(100 * 365));
    }
    var transport = new ScriptedTransport(ClientParity.UNREACHABLE, ClientParity.ENQUEUED);
    try (W7s w7s = w7s(transport).build()) {
      Throwable tooLate =
          catchThrowableOfType(
              Exception.class,
              () ->
                  w7s.queues()
                      .send(
                          JOBS,
                          JOB,
                          call ->
                              call.timeout(longest)
                                  .retry(RetryPolicy.standard().backoff(backoff))));
      assertThat(tooLate).isNotInstanceOf(ArithmeticException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("durations")
  void reportsAWaitOfAnyLengthThatThePlatformAsksFor(Duration longest) {
    Outcome<?> limited = new Outcome.Refused<>(429, "no", Map.of("usageLimit", Map.of()), longest);
    for (Pacing pacing : List.of(Pacing.off(), Pacing.waiting(), Pacing.failingFast())) {
      try (W7s w7s = w7s(new ScriptedTransport(limited)).pacing(pacing).build()) {
        LimitExceededException first =
            catchThrowableOfType(LimitExceededException.class, () -> w7s.queues().send(JOBS, JOB));
        assertThat(first.retryAfter()).hasValue(longest);
        assertThat(first.retryAt().orElseThrow()).isAfter(Instant.parse("2300-01-01T00:00:00Z"));
        if (pacing.mode() != Pacing.Mode.OFF) {
          LimitExceededException second =
              catchThrowableOfType(
                  LimitExceededException.class, () -> w7s.queues().send(JOBS, JOB));
          assertThat(second.retryAt().orElseThrow()).isAfter(Instant.parse("2300-01-01T00:00:00Z"));
        }
      }
    }
  }

  @Test
  void retriesAfterAWaitOfAnyLengthWhenThePolicyAllowsIt() {
    Outcome<?> limited = new Outcome.Refused<>(429, "no", Map.of(), Duration.ofDays(200 * 365));
    try (W7s w7s = w7s(new ScriptedTransport(limited, ClientParity.ENQUEUED)).build()) {
      assertThat(
              w7s.queues()
                  .send(
                      JOBS,
                      JOB,
                      call ->
                          call.timeout(ENDLESS)
                              .retry(RetryPolicy.standard().maxRetryAfter(ENDLESS))))
          .isEqualTo(SENT);
    }
  }

  @Test
  void goesOnAfterCenturiesOfRunning() {
    time.advance(Duration.ofDays(291 * 365));
    try (W7s w7s =
        w7s(new ScriptedTransport(ClientParity.ENQUEUED, ClientParity.ENQUEUED))
            .pacing(Pacing.waiting().instances(1000))
            .options(call -> call.timeout(ENDLESS))
            .build()) {
      w7s.queues().send(JOBS, JOB);
      w7s.queues().send(JOBS, JOB);
    }
    assertThat(time.waits).containsExactly(Duration.ofMinutes(1));
  }

  @Test
  void reportsARetryAfterHeaderOfAnyLength() {
    Outcome<?> busy =
        ClientParity.rpc(503, Headers.of("retry-after", String.valueOf(Long.MAX_VALUE)), "");
    try (W7s w7s = w7s(new ScriptedTransport(busy)).build()) {
      RpcFailedException failure =
          catchThrowableOfType(RpcFailedException.class, () -> w7s.rpc().call(SESSION));
      assertThat(failure.retryAt()).hasValue(Instant.MAX);
    }
  }
}
