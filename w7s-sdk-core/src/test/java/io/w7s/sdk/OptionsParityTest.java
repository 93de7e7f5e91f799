package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.spi.Outcome;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What options and settings change in every call, blocking and async alike. */
class OptionsParityTest extends ClientParity {

  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @TestFactory
  Stream<DynamicTest> options() {
    rule(
        "a policy of one attempt does not retry",
        List.of(UNREACHABLE),
        w7s -> w7s.queues().send(JOBS, JOB, send -> send.retry(RetryPolicy.none())),
        w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> send.retry(RetryPolicy.none())),
        outcome -> assertThat(outcome.failed(TransportException.class).attempts()).isEqualTo(1));
    rule(
        "headers that the platform or the connection owns are refused",
        List.of(),
        w7s -> w7s.rpc().call(SESSION, null, call -> call.header("Authorization", "Bearer t")),
        w7s -> w7s.rpc().callAsync(SESSION, null, call -> call.header("Authorization", "Bearer t")),
        outcome ->
            assertThat(outcome.failed(InvalidInputException.class)).hasMessageNotContaining("t\""));
    rule(
        "a trace parent is refused for a plain message, which has no place for it",
        List.of(),
        w7s -> w7s.queues().send(JOBS, JOB, send -> send.traceParent(TRACE)),
        w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> send.traceParent(TRACE)),
        outcome ->
            assertThat(outcome.failed(InvalidInputException.class))
                .hasMessageContaining("asCloudEvent"));
    rule(
        "an exception of an options lambda is thrown as it is",
        List.of(),
        w7s -> w7s.queues().send(JOBS, JOB, send -> Integer.parseInt("x")),
        w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> Integer.parseInt("x")),
        outcome -> outcome.failed(NumberFormatException.class));
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> settings() {
    List<Supplier<Outcome<?>>> script =
        List.of(
            () -> {
              throw new ConfigurationException("set w7s.local.apps.acme/worker");
            });
    Callable<CallEnd<SendReceipt>> waited = () -> run(script, w7s -> w7s.queues().send(JOBS, JOB));
    Callable<CallEnd<SendReceipt>> later =
        () -> run(script, w7s -> w7s.queues().sendAsync(JOBS, JOB).get());
    return Stream.of(waited, later)
        .map(
            call ->
                DynamicTest.dynamicTest(
                    "a missing setting is thrown as it is and not retried",
                    () -> {
                      CallEnd<SendReceipt> outcome = call.call();
                      outcome.failed(ConfigurationException.class);
                      assertThat(outcome.sent()).hasSize(1);
                    }));
  }
}
