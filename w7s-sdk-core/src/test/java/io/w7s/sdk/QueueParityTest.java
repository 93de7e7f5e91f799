package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.error.UnauthenticatedException;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What every send does, blocking and async alike. */
class QueueParityTest extends ClientParity {

  @TestFactory
  Stream<DynamicTest> queueSends() {
    send(
        "a send carries the encoded body to the queue's app and returns the receipt",
        List.of(ENQUEUED),
        outcome -> {
          QueueSend send = outcome.onlySent(QueueSend.class);
          assertThat(text(send.body())).isEqualTo("{\"type\":\"work\"}");
          assertThat(send.app()).hasToString("acme/worker");
          assertThat(send.consumer()).isEqualTo("/_w7s/queues/jobs");
          assertThat(outcome.result()).isEqualTo(SENT);
          assertThat(outcome.events())
              .containsExactly(
                  "intercepted queue send",
                  "attempting 1",
                  "attempted 1: Success",
                  "succeeded with 1");
        });
    send(
        "an unreachable platform is tried three times with growing waits",
        List.of(UNREACHABLE, UNREACHABLE, UNREACHABLE),
        outcome -> {
          TransportException failure = outcome.failed(TransportException.class);
          assertThat(failure.attempts()).isEqualTo(3);
          assertThat(failure.mayHaveBeenDelivered()).isFalse();
          assertThat(failure.retryable()).isTrue();
          assertThat(failure)
              .hasMessage(
                  "queue send to acme/worker/jobs (3 attempts) got no response: no route"
                      + " (it was not delivered)");
          assertThat(outcome.waits()).hasSize(2);
          assertThat(outcome.waits().get(0))
              .isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
          assertThat(outcome.waits().get(1))
              .isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
        });
    send(
        "a send whose delivery is unknown is not retried",
        List.of(CUT),
        outcome -> {
          TransportException failure = outcome.failed(TransportException.class);
          assertThat(failure.mayHaveBeenDelivered()).isTrue();
          assertThat(failure.retryable()).isFalse();
          assertThat(failure.attempts()).isEqualTo(1);
        });
    rule(
        "a send whose delivery is unknown is retried where duplicates are allowed",
        List.of(CUT, ENQUEUED),
        w7s -> w7s.queues().send(JOBS, JOB, send -> send.allowDuplicates()),
        w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> send.allowDuplicates()),
        outcome -> assertThat(outcome.result()).isEqualTo(SENT));
    rule(
        "a later attempt cannot say that nothing was delivered before",
        List.of(CUT, UNREACHABLE, UNREACHABLE),
        w7s -> w7s.queues().send(JOBS, JOB, send -> send.allowDuplicates()),
        w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> send.allowDuplicates()),
        outcome ->
            assertThat(outcome.failed(TransportException.class).mayHaveBeenDelivered()).isTrue());
    send(
        "a limit is retried after the wait that the platform asks for",
        List.of(limited(Duration.ofSeconds(7)), ENQUEUED),
        outcome -> {
          assertThat(outcome.result()).isEqualTo(SENT);
          assertThat(outcome.waits()).containsExactly(Duration.ofSeconds(7));
          assertThat(outcome.events())
              .containsExactly(
                  "intercepted queue send",
                  "attempting 1",
                  "attempted 1: Refused",
                  "retrying after 1",
                  "attempting 2",
                  "attempted 2: Success",
                  "succeeded with 2");
        });
    send(
        "a wait of a day is not made: the exception says when to come back",
        List.of(limited(Duration.ofDays(1))),
        outcome -> {
          LimitExceededException failure = outcome.failed(LimitExceededException.class);
          assertThat(failure.retryAfter()).contains(Duration.ofDays(1));
          assertThat(failure.retryAt()).contains(SteppedTime.START.plus(Duration.ofDays(1)));
          assertThat(failure.details()).containsKey("rateLimit");
          assertThat(failure.platformMessage()).isEqualTo("too many");
          assertThat(failure.retryable()).isTrue();
          assertThat(outcome.waits()).isEmpty();
        });
    send(
        "a wait longer than the timeout is not begun",
        List.of(limited(Duration.ofSeconds(31))),
        outcome -> outcome.failed(LimitExceededException.class));
    Map<Integer, Class<? extends StatusException>> certain =
        Map.of(
            400, StatusException.class,
            401, UnauthenticatedException.class,
            403, ForbiddenException.class,
            404, NotFoundException.class,
            413, PayloadTooLargeException.class,
            500, StatusException.class,
            501, StatusException.class,
            502, StatusException.class);
    certain.forEach(
        (status, type) ->
            send(
                "a send refused with " + status + " is not retried",
                List.of(Outcome.refused(status, "no")),
                outcome -> {
                  StatusException failure = outcome.failed(type);
                  assertThat(failure.status()).isEqualTo(status);
                  assertThat(failure.retryable()).isFalse();
                  assertThat(failure)
                      .hasMessage(
                          "queue send to acme/worker/jobs was refused with " + status + ": no");
                }));
    rule(
        "a body over 65,536 bytes is refused before anything is sent",
        List.of(),
        w7s -> w7s.queues().send(JOBS, new Job("x".repeat(65_536))),
        w7s -> w7s.queues().sendAsync(JOBS, new Job("x".repeat(65_536))),
        outcome -> {
          assertThat(outcome.failed(InvalidInputException.class))
              .hasMessage("message body: found 65547 bytes of JSON, must be at most 65536");
          assertThat(outcome.sent()).isEmpty();
        });
    rule(
        "a delay of more than a day is refused before anything is sent",
        List.of(),
        w7s -> w7s.queues().send(JOBS, JOB, send -> send.delay(Duration.ofSeconds(86_401))),
        w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> send.delay(Duration.ofSeconds(86_401))),
        outcome ->
            assertThat(outcome.failed(InvalidInputException.class).field())
                .isEqualTo("send delay"));
    rule(
        "a transport that throws is a failure of unknown delivery",
        List.of(),
        w7s -> w7s.queues().send(JOBS, JOB),
        w7s -> w7s.queues().sendAsync(JOBS, JOB),
        outcome ->
            assertThat(outcome.failed(TransportException.class).mayHaveBeenDelivered()).isTrue());
    return tests.stream();
  }
}
