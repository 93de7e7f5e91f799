package io.w7s.sdk;

import static io.w7s.sdk.ClientParity.CHECKOUT;
import static io.w7s.sdk.ClientParity.CREATED;
import static io.w7s.sdk.ClientParity.ENQUEUED;
import static io.w7s.sdk.ClientParity.JOB;
import static io.w7s.sdk.ClientParity.JOBS;
import static io.w7s.sdk.ClientParity.SENT;
import static io.w7s.sdk.ClientParity.SESSION;
import static io.w7s.sdk.ClientParity.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.W7sConfig.Token;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.internal.call.Pacer;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Calls that exceed the rate limits of the platform, blocking and async alike. */
class PacingTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Outcome<?> RECEIVED =
      Outcome.success(
          new PublishReceipt(
              "e", "orders.created", AppId.parse("acme/shop"), SteppedTime.START, List.of()));

  private final SteppedTime time = new SteppedTime();
  private final List<Duration> throttled = new ArrayList<>();

  /** The two ways to send a message, which must not differ. */
  enum CallStyle {
    BLOCKING {
      @Override
      SendReceipt send(W7s w7s) {
        return w7s.queues().send(JOBS, JOB);
      }
    },
    ASYNC {
      @Override
      SendReceipt send(W7s w7s) {
        try {
          return w7s.queues().sendAsync(JOBS, JOB).join();
        } catch (CompletionException e) {
          throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
      }
    };

    abstract SendReceipt send(W7s w7s);

    void send(W7s w7s, int times) {
      for (int i = 0; i < times; i++) {
        assertThat(send(w7s)).isEqualTo(SENT);
      }
    }
  }

  private static ScriptedTransport answering(int times, Outcome<?> answer) {
    return new ScriptedTransport(Collections.nCopies(times, answer).toArray(Outcome<?>[]::new));
  }

  private W7s.Builder w7s(ScriptedTransport transport) {
    return builder(transport, config -> config);
  }

  private W7s.Builder builder(
      ScriptedTransport transport, UnaryOperator<W7sConfig.Builder> settings) {
    W7sConfig config =
        settings.apply(W7sConfig.builder().mode(Mode.LOCAL).app("acme/shop")).build();
    return W7s.builder(config)
        .transport(transport)
        .time(time)
        .intercept(
            call ->
                new CallObserver() {
                  @Override
                  public void throttled(Duration excess) {
                    throttled.add(excess);
                  }
                })
        .options(call -> call.retry(RetryPolicy.none()));
  }

  private static Outcome<?> limited(String which, Duration retryAfter) {
    return new Outcome.Refused<>(429, "too many", Map.of(which, Map.of()), retryAfter);
  }

  @ParameterizedTest
  @EnumSource
  void sendsAllWhenObservingAndTellsTheObserver(CallStyle style) {
    var log = new ListAppender<ILoggingEvent>();
    var logger = (Logger) LoggerFactory.getLogger(Pacer.class);
    log.start();
    logger.addAppender(log);
    try (W7s w7s = w7s(answering(122, ENQUEUED)).pacing(Pacing.observing()).build()) {
      style.send(w7s, 122);
    } finally {
      logger.detachAppender(log);
    }

    assertThat(time.waits).isEmpty();
    assertThat(throttled).containsExactly(MINUTE, MINUTE);
    assertThat(log.list)
        .as("once for each limit")
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getLevel()).isEqualTo(Level.WARN);
              assertThat(event.getFormattedMessage())
                  .startsWith("queue.send exceeds the platform's limit of 120 a minute");
            });
  }

  @ParameterizedTest
  @EnumSource
  void waitsUntilTheOldestCallIsAMinuteOld(CallStyle style) {
    try (W7s w7s =
        w7s(answering(122, ENQUEUED))
            .pacing(Pacing.waiting())
            .options(call -> call.timeout(Duration.ofMinutes(2)))
            .build()) {
      style.send(w7s, 60);
      time.advance(Duration.ofSeconds(40));
      style.send(w7s, 61);
      assertThat(time.waits).containsExactly(Duration.ofSeconds(20));
      style.send(w7s, 1);
    }

    assertThat(time.waits).as("60 of them came together").hasSize(1);
    assertThat(throttled).containsExactly(Duration.ofSeconds(20));
  }

  @ParameterizedTest
  @EnumSource
  void failsAtOnceWhenTheTurnComesAfterTheTimeout(CallStyle style) {
    ScriptedTransport transport = answering(120, ENQUEUED);
    try (W7s w7s = w7s(transport).pacing(Pacing.waiting()).build()) {
      style.send(w7s, 120);

      LimitExceededException limit =
          catchThrowableOfType(LimitExceededException.class, () -> style.send(w7s));

      assertThat(limit.retryAfter()).hasValue(MINUTE);
      assertThat(limit.retryAt()).hasValue(SteppedTime.START.plus(MINUTE));
    }
    assertThat(transport.sent).hasSize(120);
    assertThat(time.waits).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void saysWhenToComeBackWhenFailingFast(CallStyle style) {
    ScriptedTransport transport = answering(121, ENQUEUED);
    try (W7s w7s = w7s(transport).pacing(Pacing.failingFast()).build()) {
      style.send(w7s, 120);
      time.advance(Duration.ofSeconds(50));

      LimitExceededException limit =
          catchThrowableOfType(LimitExceededException.class, () -> style.send(w7s));

      assertThat(limit.retryAfter()).hasValue(Duration.ofSeconds(10));
      assertThat(limit.retryAt()).hasValue(SteppedTime.START.plus(MINUTE));
      assertThat(limit.details())
          .isEqualTo(Map.of("pacing", Map.of("metric", "queue.send", "limit", 120)));
      assertThat(limit.platformMessage()).startsWith("not sent");
      assertThat(transport.sent).hasSize(120);
      time.advance(Duration.ofSeconds(10));
      style.send(w7s, 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void holdsLaterCallsBackAfterAReportedLimit(CallStyle style) {
    var transport =
        new ScriptedTransport(
            limited("rateLimit", Duration.ofSeconds(25)),
            ENQUEUED,
            ClientParity.rpc(200, "{\"user\":\"ann\"}"));
    try (W7s w7s = w7s(transport).pacing(Pacing.waiting()).build()) {
      assertThatThrownBy(() -> style.send(w7s)).isInstanceOf(LimitExceededException.class);
      time.advance(Duration.ofSeconds(5));
      style.send(w7s, 1);
      assertThat(time.waits).containsExactly(Duration.ofSeconds(20));
      w7s.rpc().call(SESSION);
    }
    assertThat(time.waits).as("another limit does not hold back").hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void remembersTheEndOfAReportedDailyLimit(CallStyle style) {
    var transport = new ScriptedTransport(limited("usageLimit", Duration.ofDays(1)));
    try (W7s w7s = w7s(transport).pacing(Pacing.waiting()).build()) {
      assertThatThrownBy(() -> style.send(w7s)).isInstanceOf(LimitExceededException.class);
      time.advance(Duration.ofHours(3));

      assertThat(
              catchThrowableOfType(LimitExceededException.class, () -> style.send(w7s)).retryAt())
          .hasValue(SteppedTime.START.plus(Duration.ofDays(1)));
    }
    assertThat(transport.sent).hasSize(1);
  }

  @Test
  void ignoresTheLimitsOfTheTarget() {
    var transport =
        new ScriptedTransport(
            ClientParity.rpc(429, Headers.of("retry-after", "30"), ""),
            ClientParity.rpc(200, "{\"user\":\"ann\"}"),
            limited("activeWorkflowLimit", MINUTE),
            ClientParity.instance(State.QUEUED, null, null));
    try (W7s w7s = w7s(transport).pacing(Pacing.failingFast()).build()) {
      assertThat(w7s.rpc().exchange(SESSION).status()).isEqualTo(429);
      w7s.rpc().call(SESSION);
      assertThatThrownBy(() -> w7s.workflows().start(CHECKOUT, JOB))
          .isInstanceOf(LimitExceededException.class);
      w7s.workflows().start(CHECKOUT, JOB);
    }
    assertThat(transport.sent).hasSize(4);
  }

  @Test
  void countsEachKindAloneAndStatusQuestionsNever() {
    var answers = new ArrayList<Outcome<?>>();
    answers.addAll(Collections.nCopies(60, ClientParity.instance(State.QUEUED, null, null)));
    answers.addAll(Collections.nCopies(120, RECEIVED));
    answers.addAll(Collections.nCopies(200, ClientParity.instance(State.QUEUED, null, null)));
    var transport = new ScriptedTransport(answers.toArray(Outcome<?>[]::new));
    try (W7s w7s = w7s(transport).pacing(Pacing.failingFast()).build()) {
      for (int i = 0; i < 60; i++) {
        w7s.workflows().start(CHECKOUT, JOB);
      }
      assertThatThrownBy(() -> w7s.workflows().start(CHECKOUT, JOB))
          .hasMessageContaining("accepts at most 60 workflow.create a minute");
      for (int i = 0; i < 120; i++) {
        w7s.events().publish(CREATED, JOB);
      }
      assertThatThrownBy(() -> w7s.events().publish(CREATED, JOB))
          .hasMessageContaining("120 event.publish a minute");
      for (int i = 0; i < 200; i++) {
        w7s.workflows().handle(CHECKOUT, "i1").status();
      }
    }
  }

  @Test
  void countsAnEventSentByRpcAsRpc() {
    ScriptedTransport transport = answering(120, RECEIVED);
    try (W7s w7s =
        builder(transport, config -> config.eventRouter("acme/router"))
            .pacing(Pacing.failingFast())
            .build()) {
      for (int i = 0; i < 120; i++) {
        w7s.events().publish(CREATED, JOB);
      }
      assertThatThrownBy(() -> w7s.rpc().call(SESSION))
          .hasMessageContaining("120 rpc.dispatch a minute");
    }
  }

  @ParameterizedTest
  @EnumSource
  void sharesTheLimitAmongTheInstancesOfAnApp(CallStyle style) {
    try (W7s w7s = w7s(answering(30, ENQUEUED)).pacing(Pacing.failingFast().instances(4)).build()) {
      style.send(w7s, 30);
      assertThatThrownBy(() -> style.send(w7s)).isInstanceOf(LimitExceededException.class);
    }
    assertThatThrownBy(() -> Pacing.waiting().instances(0))
        .isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @EnumSource
  void reportsTheLastOutcomeWhenThereIsNoTurnToRetry(CallStyle style) {
    var transport = new ScriptedTransport(UNREACHABLE);
    try (W7s w7s =
        w7s(transport)
            .pacing(Pacing.failingFast().instances(1000)) // one a minute
            .options(call -> call.retry(RetryPolicy.standard()))
            .build()) {
      assertThatThrownBy(() -> style.send(w7s))
          .isExactlyInstanceOf(TransportException.class)
          .hasMessageContaining("no route");
    }
    assertThat(transport.sent).hasSize(1);
  }

  @Test
  void endsTheWaitForATurnWhenInterrupted() {
    ScriptedTransport transport = answering(1, ENQUEUED);
    try (W7s w7s =
        w7s(transport)
            .pacing(Pacing.waiting().instances(1000))
            .options(call -> call.timeout(Duration.ofMinutes(2)))
            .build()) {
      CallStyle.BLOCKING.send(w7s, 1);
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> CallStyle.BLOCKING.send(w7s))
          .isExactlyInstanceOf(TransportException.class)
          .hasMessageContaining("interrupted while waiting")
          .hasMessageContaining("was not delivered");
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(transport.sent).hasSize(1);
  }

  @Test
  void observesByDefaultOnThePlatformOnly() {
    try (W7s local = w7s(answering(121, ENQUEUED)).build()) {
      CallStyle.BLOCKING.send(local, 121);
    }
    assertThat(throttled).isEmpty();
    UnaryOperator<W7sConfig.Builder> hosted =
        config ->
            config
                .mode(Mode.HOSTED)
                .token(Token.RPC, "r")
                .token(Token.QUEUE, "q")
                .token(Token.WORKFLOW, "w");
    try (W7s w7s = builder(answering(121, ENQUEUED), hosted).build()) {
      CallStyle.BLOCKING.send(w7s, 121);
    }
    assertThat(throttled).hasSize(1);
  }
}
