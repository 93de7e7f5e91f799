package io.w7s.sdk;

import static io.w7s.sdk.ClientParity.CHECKOUT;
import static io.w7s.sdk.ClientParity.CREATED;
import static io.w7s.sdk.ClientParity.JOB;
import static io.w7s.sdk.ClientParity.JOBS;
import static io.w7s.sdk.ClientParity.LOGIN;
import static io.w7s.sdk.ClientParity.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.event.PublishOptions;
import io.w7s.sdk.internal.call.CallPipeline;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.CallInterceptor;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.OutgoingCall;
import io.w7s.sdk.spi.OutgoingCall.Kind;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an interceptor sees of a call, what it can add, and what its observer is told. */
class CallInterceptorTest {

  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final String OTHER_TRACE =
      "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-00";
  private static final Outcome<?> USER = ClientParity.rpc(200, "{\"user\":\"ann\"}");
  private static final Outcome<?> QUEUED = ClientParity.instance(State.QUEUED, null, null);

  private final SteppedTime time = new SteppedTime();
  private final ClientParity.Recorder recorder = new ClientParity.Recorder();

  private W7s.Builder w7s(Transport transport) {
    return W7s.builder(W7sConfig.builder().mode(Mode.LOCAL).app("acme/shop").build())
        .transport(transport)
        .time(time);
  }

  private static void callAllKinds(W7s w7s) {
    w7s.rpc().call(LOGIN, JOB, call -> call.variable("user", "ann"));
    w7s.queues().send(JOBS, JOB);
    w7s.queues().send(JOBS, JOB, send -> send.asCloudEvent("job"));
    w7s.events().publish(CREATED, JOB);
    w7s.workflows().start(CHECKOUT, JOB);
    w7s.workflows().handle(CHECKOUT, "i1").status();
  }

  private static ScriptedTransport answeringAllKinds() {
    return new ScriptedTransport(
        USER, ClientParity.ENQUEUED, ClientParity.ENQUEUED, ClientParity.PUBLISHED, QUEUED, QUEUED);
  }

  @Test
  void seesEveryKindWithItsTargetAndTemplate() {
    var seen = new ArrayList<String>();
    CallInterceptor interceptor =
        call -> {
          seen.add(
              String.join(
                  " | ", call.kind().name(), call.name(), call.target(), call.targetTemplate()));
          return CallObserver.NONE;
        };
    try (W7s w7s = w7s(answeringAllKinds()).intercept(interceptor).build()) {
      callAllKinds(w7s);
    }
    assertThat(seen)
        .containsExactly(
            "RPC | RPC POST | acme/auth/users/ann/login | acme/auth/users/{user}/login",
            "QUEUE_SEND | queue send | acme/worker/jobs | acme/worker/jobs",
            "QUEUE_SEND | queue send | acme/worker/jobs | acme/worker/jobs",
            "EVENT_PUBLISH | event publish | orders.created | orders.created",
            "WORKFLOW_START | workflow start | acme/shop/checkout | acme/shop/checkout",
            "WORKFLOW_STATUS | workflow status | acme/shop/checkout/i1 | acme/shop/checkout");
  }

  @Test
  void namesCallsAsTheirOperationsDo() {
    var seen = new ArrayList<String>();
    ScriptedTransport transport = answeringAllKinds();
    CallInterceptor interceptor =
        call -> {
          seen.add(call.name() + " to " + call.target());
          return CallObserver.NONE;
        };
    try (W7s w7s = w7s(transport).intercept(interceptor).build()) {
      callAllKinds(w7s);
    }
    assertThat(seen)
        .isEqualTo(
            transport.sent.stream()
                .map(operation -> operation.name() + " to " + operation.target())
                .toList());
  }

  @Test
  void setsATraceWhereTheFormCanCarryOne() {
    var carried = new ArrayList<Boolean>();
    ScriptedTransport transport = answeringAllKinds();
    CallInterceptor interceptor =
        call -> {
          carried.add(call.traceParent(TRACE));
          return CallObserver.NONE;
        };
    try (W7s w7s = w7s(transport).intercept(interceptor).build()) {
      callAllKinds(w7s);
    }
    assertThat(carried).containsExactly(true, false, true, true, false, false);
    assertThat(((RpcCall) transport.sent.get(0)).headers().first("traceparent")).hasValue(TRACE);
    assertThat(ClientParity.text(((QueueSend) transport.sent.get(1)).body()))
        .isEqualTo("{\"type\":\"work\"}");
    assertThat(ClientParity.text(((QueueSend) transport.sent.get(2)).body()))
        .contains("\"traceparent\":\"" + TRACE + "\"");
    assertThat(((EventPublish) transport.sent.get(3)).traceParent()).isEqualTo(TRACE);
  }

  @Test
  void seesAndReplacesTheTraceOfTheCaller() {
    var seen = new ArrayList<String>();
    var transport = new ScriptedTransport(USER, ClientParity.PUBLISHED, ClientParity.ENQUEUED);
    CallInterceptor interceptor =
        call -> {
          seen.add(call.traceParent().orElse("none"));
          call.traceParent(OTHER_TRACE);
          return CallObserver.NONE;
        };
    try (W7s w7s = w7s(transport).intercept(interceptor).build()) {
      w7s.rpc().call(SESSION, null, call -> call.header("traceparent", TRACE));
      Consumer<PublishOptions> traced = publish -> publish.traceParent(TRACE);
      w7s.events().publish(CREATED, JOB, traced);
      w7s.queues().send(JOBS, JOB, send -> send.asCloudEvent("job").traceParent(TRACE));
    }
    assertThat(seen).containsExactly(TRACE, TRACE, TRACE);
    assertThat(((RpcCall) transport.sent.get(0)).headers().all("traceparent"))
        .containsExactly(OTHER_TRACE);
    assertThat(((EventPublish) transport.sent.get(1)).traceParent()).isEqualTo(OTHER_TRACE);
  }

  @Test
  void setsHeadersOfRpcsOnly() {
    var set = new ArrayList<Boolean>();
    ScriptedTransport transport = answeringAllKinds();
    CallInterceptor interceptor =
        call -> {
          set.add(call.header("x-request-id", "r1"));
          return CallObserver.NONE;
        };
    try (W7s w7s = w7s(transport).intercept(interceptor).build()) {
      callAllKinds(w7s);
    }
    assertThat(set).containsExactly(true, false, false, false, false, false);
    assertThat(((RpcCall) transport.sent.get(0)).headers().first("x-request-id")).hasValue("r1");
  }

  @Test
  void doesNotLeakWhatItSetsIntoOtherCalls() {
    var transport = new ScriptedTransport(USER, USER);
    var calls = new ArrayList<OutgoingCall>();
    CallInterceptor interceptor =
        call -> {
          if (calls.isEmpty()) {
            call.header("x-request-id", "r1");
          }
          calls.add(call);
          return CallObserver.NONE;
        };
    try (W7s w7s = w7s(transport).intercept(interceptor).build()) {
      w7s.rpc().call(SESSION);
      w7s.rpc().call(SESSION);
    }
    assertThat(((RpcCall) transport.sent.get(1)).headers().has("x-request-id")).isFalse();
  }

  @Test
  void refusesChangesAfterTheInterception() {
    var calls = new ArrayList<OutgoingCall>();
    CallInterceptor interceptor =
        call -> {
          assertThatThrownBy(() -> call.header("authorization", "Bearer t"))
              .isInstanceOf(InvalidInputException.class);
          assertThatThrownBy(() -> call.traceParent("broken"))
              .isInstanceOf(InvalidInputException.class);
          calls.add(call);
          return CallObserver.NONE;
        };
    try (W7s w7s = w7s(new ScriptedTransport(USER)).intercept(interceptor).build()) {
      w7s.rpc().call(SESSION);
    }
    assertThat(calls).hasSize(1);
    assertThatThrownBy(() -> calls.get(0).header("x-request-id", "r1"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("RPC GET to acme/auth/session");
    assertThatThrownBy(() -> calls.get(0).traceParent(TRACE))
        .isInstanceOf(IllegalStateException.class);
    assertThat(calls.get(0).kind()).isEqualTo(Kind.RPC);
  }

  @Test
  void asksAndTellsInOrderOfRegistration() {
    var order = new ArrayList<String>();
    class Named implements CallInterceptor {
      private final String name;

      Named(String name) {
        this.name = name;
      }

      @Override
      public CallObserver intercept(OutgoingCall call) {
        order.add(name + " asked");
        return new CallObserver() {
          @Override
          public void succeeded(int attempts, Duration took) {
            order.add(name + " told");
          }
        };
      }
    }
    try (W7s w7s =
        w7s(new ScriptedTransport(USER))
            .intercept(new Named("a"))
            .intercept(new Named("b"))
            .build()) {
      w7s.rpc().call(SESSION);
    }
    assertThat(order).containsExactly("a asked", "b asked", "a told", "b told");
  }

  @Test
  void tellsWaitsAndAttemptsOfARetriedCall() {
    var transport =
        new ScriptedTransport(
            List.of(
                () -> {
                  time.advance(Duration.ofSeconds(1));
                  return ClientParity.limited(Duration.ofSeconds(7));
                },
                () -> ClientParity.ENQUEUED));
    var told = new ArrayList<String>();
    CallInterceptor interceptor =
        call ->
            new CallObserver() {
              @Override
              public void retrying(int attempt, Duration delay) {
                told.add("retrying after attempt " + attempt + " in " + delay);
              }

              @Override
              public void succeeded(int attempts, Duration took) {
                told.add("succeeded with " + attempts + " attempts in " + took);
              }
            };
    try (W7s w7s = w7s(transport).intercept(interceptor).build()) {
      w7s.queues().send(JOBS, JOB);
    }
    assertThat(told)
        .containsExactly("retrying after attempt 1 in PT7S", "succeeded with 2 attempts in PT8S");
  }

  @Test
  void tellsOfTheFailureThatTheCallerGets() {
    var failures = new ArrayList<Throwable>();
    CallInterceptor interceptor =
        call ->
            new CallObserver() {
              @Override
              public void failed(Throwable failure, int attempts, Duration took) {
                failures.add(failure);
              }
            };
    var transport = new ScriptedTransport(ClientParity.rpc(500, ""), ClientParity.rpc(200, "[1]"));
    try (W7s w7s = w7s(transport).intercept(interceptor).build()) {
      List<Throwable> thrown =
          List.of(
              catchThrowable(() -> w7s.rpc().call(SESSION)),
              catchThrowable(() -> w7s.rpc().call(SESSION)),
              catchThrowable(
                  () -> w7s.queues().send(JOBS, new ClientParity.Job("x".repeat(65_536)))));
      assertThat(failures).isEqualTo(thrown);
      assertThat(thrown)
          .hasExactlyElementsOfTypes(
              RpcFailedException.class, CodecException.class, InvalidInputException.class);
    }
  }

  @Test
  void tellsTheEndOfACallWithoutAttempts() {
    try (W7s w7s =
        w7s(new ScriptedTransport(USER))
            .pacing(Pacing.failingFast().instances(1000)) // one call a minute
            .intercept(recorder)
            .build()) {
      w7s.rpc().call(SESSION);
      recorder.events.clear();
      assertThat(catchThrowable(() -> w7s.rpc().call(SESSION))).isNotNull();
    }
    assertThat(recorder.events)
        .containsExactly(
            "intercepted RPC GET", "throttled by PT1M", "failed with 0: LimitExceededException");
  }

  @Test
  void tellsOfACancelledCallOnce() {
    var attempt = new CompletableFuture<Outcome<?>>();
    try (W7s w7s = w7s(new PendingTransport(attempt)).intercept(recorder).build()) {
      CompletableFuture<?> call = w7s.rpc().callAsync(SESSION);
      call.cancel(true);
      attempt.complete(USER);
    }
    assertThat(recorder.events)
        .containsExactly(
            "intercepted RPC GET",
            "attempting 1",
            "failed with 1: " + CancellationException.class.getSimpleName());
  }

  @Test
  void tellsOfACallWhoseFutureTheCallerCompletes() {
    var attempt = new CompletableFuture<Outcome<?>>();
    try (W7s w7s = w7s(new PendingTransport(attempt)).intercept(recorder).build()) {
      w7s.rpc().callAsync(SESSION).complete(new ClientParity.Session("nobody"));
    }
    assertThat(recorder.events).contains("failed with 1: CancellationException").hasSize(3);
  }

  private record PendingTransport(CompletableFuture<Outcome<?>> attempt) implements Transport {
    @Override
    public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
      throw new AssertionError("async calls only");
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> CompletableFuture<Outcome<R>> executeAsync(
        Operation<R> operation, CallContext context) {
      return (CompletableFuture<Outcome<R>>) (CompletableFuture<?>) attempt;
    }

    @Override
    public void close() {}
  }

  @Test
  void ignoresAndLogsOnceWhatInterceptorsThrow() {
    List<CallInterceptor> broken =
        List.of(
            call -> {
              throw new IllegalStateException("interceptor");
            },
            call -> {
              throw new NoClassDefFoundError("io/micrometer/Missing");
            },
            call -> null,
            call ->
                new CallObserver() {
                  @Override
                  public void attempting(int attempt) {
                    throw new IllegalStateException("observer");
                  }

                  @Override
                  public void succeeded(int attempts, Duration took) {
                    throw new StackOverflowError("observer");
                  }
                });
    for (CallInterceptor interceptor : broken) {
      var log = new ListAppender<ILoggingEvent>();
      var logger = (Logger) LoggerFactory.getLogger(CallPipeline.class.getPackageName());
      log.start();
      logger.addAppender(log);
      try (W7s w7s =
          w7s(new ScriptedTransport(USER, USER, USER, USER))
              .intercept(interceptor)
              .intercept(recorder)
              .build()) {
        assertThat(w7s.rpc().call(SESSION).user()).isEqualTo("ann");
        assertThat(w7s.rpc().call(SESSION).user()).isEqualTo("ann");
        assertThat(w7s.rpc().callAsync(SESSION)).isCompleted();
      } finally {
        logger.detachAppender(log);
      }
      assertThat(log.list)
          .filteredOn(event -> event.getLevel() == Level.WARN)
          .singleElement()
          .satisfies(
              event ->
                  assertThat(event.getFormattedMessage())
                      .startsWith("call interceptor " + interceptor.getClass().getName()));
    }
    assertThat(recorder.events).filteredOn(event -> event.startsWith("succeeded")).hasSize(12);
  }

  @Test
  void interceptsStreams() {
    try (W7s w7s = w7s(new ScriptedTransport(USER)).intercept(recorder).build()) {
      w7s.rpc().stream(SESSION).close();
    }
    assertThat(recorder.events)
        .containsExactly(
            "intercepted RPC GET", "attempting 1", "attempted 1: Success", "succeeded with 1");
  }
}
