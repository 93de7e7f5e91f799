package io.w7s.sdk.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.w7s.sdk.W7s;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.okhttp.CallStyle;
import io.w7s.sdk.okhttp.RawServer;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.workflow.StartOptions;
import io.w7s.sdk.workflow.WorkflowHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Starts whose response was lost, and instances that the platform does not know. */
@Timeout(60)
class HostedWorkflowTest {

  private static final String FULL_ID = "production-acme-worker-check-out-order-1";
  private static final String INSTANCE =
      Shop.success(
          "{\"workflow\":{},\"instance\":{\"id\":\""
              + FULL_ID
              + "\",\"status\":{\"status\":"
              + "\"running\"}}}");
  private static final String EXISTS =
      Shop.error("(instance.already_exists) Provided id already exists");
  private static final String UNKNOWN = Shop.error("(instance.not_found) Instance not found");

  private static void setId(StartOptions start) {
    start.instanceId("order-1");
  }

  /** A platform that loses the response to the first start. */
  private static RawServer losingOneStart(String nextStarts, String status) {
    var starts = new AtomicInteger();
    return RawServer.serving(
        connection -> {
          while (true) {
            boolean start = connection.request().line().startsWith("POST");
            if (start && starts.getAndIncrement() == 0) {
              return;
            }
            connection.send(start ? nextStarts : status);
          }
        });
  }

  private static WorkflowHandle<String> start(
      CallStyle style, W7s w7s, Consumer<StartOptions> options) throws Throwable {
    if (style == CallStyle.BLOCKING) {
      return w7s.workflows().start(Shop.CHECKOUT, "cart", options);
    }
    try {
      return w7s.workflows().startAsync(Shop.CHECKOUT, "cart", options).get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  private static List<String> lines(RawServer platform) {
    return platform.requests().stream().map(RawServer.Request::line).toList();
  }

  @ParameterizedTest
  @EnumSource
  void aStartWhoseResponseWasLostSucceeds(CallStyle style) throws Throwable {
    try (RawServer platform =
            losingOneStart(Shop.answer(500, "", EXISTS), Shop.answer(200, "", INSTANCE));
        W7s w7s = Shop.w7s(platform.url(""))) {
      WorkflowHandle<String> handle = start(style, w7s, HostedWorkflowTest::setId);

      assertThat(handle.instanceId()).isEqualTo(FULL_ID);
      assertThat(lines(platform))
          .containsExactly(
              "POST /api/v1/workflows/acme/worker/check_out HTTP/1.1",
              "POST /api/v1/workflows/acme/worker/check_out HTTP/1.1",
              "GET /api/v1/workflows/acme/worker/check_out/" + FULL_ID + " HTTP/1.1");
    }
  }

  /** The platform's words are not documented, so they do not decide. */
  @ParameterizedTest
  @EnumSource
  void theStatusDecidesWhateverTheRefusalSays(CallStyle style) throws Throwable {
    try (RawServer platform =
            losingOneStart(
                Shop.answer(500, "", Shop.error("internal")), Shop.answer(200, "", INSTANCE));
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThat(start(style, w7s, HostedWorkflowTest::setId).instanceId()).isEqualTo(FULL_ID);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRefusalWithoutAnInstanceIsARefusal(CallStyle style) throws Exception {
    try (RawServer platform =
            losingOneStart(
                Shop.answer(500, "", Shop.error("internal")), Shop.answer(500, "", UNKNOWN));
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThat(catchThrowable(() -> start(style, w7s, HostedWorkflowTest::setId)))
          .isExactlyInstanceOf(StatusException.class)
          .hasMessageContaining("refused with 500: internal");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStatusWithoutAResponseLeavesTheStartOpen(CallStyle style) throws Exception {
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  if (connection.request().line().startsWith("POST")) {
                    connection.send(Shop.answer(500, "", EXISTS));
                    connection.request();
                  }
                });
        W7s w7s = Shop.w7s(platform.url(""))) {
      Throwable failure =
          catchThrowable(
              () ->
                  start(
                      style, w7s, start -> start.instanceId("order-1").retry(RetryPolicy.none())));

      assertThat(failure).isExactlyInstanceOf(TransportException.class);
      assertThat(((TransportException) failure).mayHaveBeenDelivered()).isTrue();
      assertThat(((TransportException) failure).retryable()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTimeOfTheAttemptIncludesTheQuestion(CallStyle style) throws Exception {
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send(Shop.answer(500, "", EXISTS));
                  connection.awaitEnd();
                });
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThat(
              catchThrowable(
                  () ->
                      start(
                          style,
                          w7s,
                          start ->
                              start
                                  .instanceId("order-1")
                                  .attemptTimeout(Duration.ofMillis(300))
                                  .retry(RetryPolicy.none()))))
          .isExactlyInstanceOf(CallTimeoutException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutAnIdThereIsNothingToAskFor(CallStyle style) throws Exception {
    try (RawServer platform = RawServer.answering(Shop.answer(500, "", EXISTS));
        W7s w7s = Shop.w7s(platform.url(""))) {
      assertThat(catchThrowable(() -> start(style, w7s, start -> {})))
          .isExactlyInstanceOf(StatusException.class);
      assertThat(platform.requests()).hasSize(1);
    }
  }

  @Test
  void cancellingEndsTheQuestion() throws Exception {
    var asked = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    try (RawServer platform =
            RawServer.serving(
                connection -> {
                  connection.request();
                  connection.send(Shop.answer(500, "", EXISTS));
                  connection.request();
                  asked.countDown();
                  connection.awaitEnd();
                  ended.countDown();
                });
        W7s w7s = Shop.w7s(platform.url(""))) {
      var start = w7s.workflows().startAsync(Shop.CHECKOUT, "cart", HostedWorkflowTest::setId);
      asked.await();

      start.cancel(true);

      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void anUnknownInstanceIsNotFound() throws Exception {
    try (RawServer platform = RawServer.answering(Shop.answer(500, "", UNKNOWN));
        W7s w7s = Shop.w7s(platform.url(""))) {
      var handle = w7s.workflows().handle(Shop.CHECKOUT, FULL_ID);

      assertThat(catchThrowable(handle::status))
          .isExactlyInstanceOf(NotFoundException.class)
          .hasMessageContaining("instance.not_found");
      assertThat(catchThrowable(() -> handle.statusAsync().get()))
          .hasCauseExactlyInstanceOf(NotFoundException.class);
      assertThat(catchThrowable(() -> handle.await(Duration.ofSeconds(1))))
          .isExactlyInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void anyOther500OfAStatusStaysOne() throws Exception {
    try (RawServer platform = RawServer.answering(Shop.answer(500, "", Shop.error("internal")));
        W7s w7s = Shop.w7s(platform.url(""))) {
      var handle = w7s.workflows().handle(Shop.CHECKOUT, FULL_ID);

      assertThat(catchThrowable(handle::status)).isExactlyInstanceOf(StatusException.class);
    }
  }
}
