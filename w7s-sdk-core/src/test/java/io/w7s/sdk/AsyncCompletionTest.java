package io.w7s.sdk;

import static io.w7s.sdk.ClientParity.CHECKOUT;
import static io.w7s.sdk.ClientParity.CREATED;
import static io.w7s.sdk.ClientParity.JOB;
import static io.w7s.sdk.ClientParity.JOBS;
import static io.w7s.sdk.ClientParity.LOGIN;
import static io.w7s.sdk.ClientParity.SESSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The future of an async call always completes, whatever the code of a user or a transport throws,
 * and with what the blocking method throws. No async method throws itself.
 */
class AsyncCompletionTest {

  private static final class Fault extends Error {
    private static final long serialVersionUID = 1L;

    Fault() {
      super("an Error of a user");
    }
  }

  /** Has a constructor that throws an Error when it is decoded. */
  record Broken(String user) {
    Broken {
      fault();
    }
  }

  private static void fault() {
    throw new Fault();
  }

  /** One method of a client, blocking and async. */
  record Method(
      String name,
      Function<W7s, Object> blocking,
      Function<W7s, CompletableFuture<?>> async,
      Outcome<?> answer) {}

  private static final Outcome<?> USER = ClientParity.rpc(200, "{\"user\":\"ann\"}");
  private static final Outcome<?> QUEUED = ClientParity.instance(State.QUEUED, null, null);
  private static final Outcome<?> DONE =
      ClientParity.instance(State.COMPLETE, "{\"user\":\"ann\"}", null);

  /** All calls, each with options that allow a retry. */
  private static List<Method> methods() {
    return List.of(
        new Method(
            "send",
            w7s -> w7s.queues().send(JOBS, JOB, send -> send.allowDuplicates()),
            w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> send.allowDuplicates()),
            ClientParity.ENQUEUED),
        new Method(
            "publish",
            w7s -> w7s.events().publish(CREATED, JOB, publish -> publish.id("e1")),
            w7s -> w7s.events().publishAsync(CREATED, JOB, publish -> publish.id("e1")),
            ClientParity.PUBLISHED),
        new Method(
            "call", w7s -> w7s.rpc().call(SESSION), w7s -> w7s.rpc().callAsync(SESSION), USER),
        new Method(
            "exchange",
            w7s -> w7s.rpc().exchange(SESSION).status(),
            w7s -> w7s.rpc().exchangeAsync(SESSION).thenApply(response -> response.status()),
            USER),
        new Method(
            "start",
            w7s -> w7s.workflows().start(CHECKOUT, JOB, start -> start.instanceId("1")),
            w7s -> w7s.workflows().startAsync(CHECKOUT, JOB, start -> start.instanceId("1")),
            QUEUED),
        new Method(
            "status",
            w7s -> w7s.workflows().handle(CHECKOUT, "i1").status(),
            w7s -> w7s.workflows().handle(CHECKOUT, "i1").statusAsync(),
            DONE),
        new Method(
            "await",
            w7s -> w7s.workflows().handle(CHECKOUT, "i1").await(Duration.ofMinutes(1)),
            w7s -> w7s.workflows().handle(CHECKOUT, "i1").awaitAsync(Duration.ofMinutes(1)),
            DONE));
  }

  /** Does in each attempt what the test says. */
  private static final class ActingTransport implements Transport {
    final Deque<Supplier<CompletableFuture<? extends Outcome<?>>>> acts = new ArrayDeque<>();

    ActingTransport(List<Supplier<CompletableFuture<? extends Outcome<?>>>> acts) {
      this.acts.addAll(acts);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
      CompletableFuture<? extends Outcome<?>> done = acts.remove().get();
      try {
        return done == null ? null : (Outcome<R>) done.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException unchecked) {
          throw unchecked;
        }
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> CompletableFuture<Outcome<R>> executeAsync(
        Operation<R> operation, CallContext context) {
      return (CompletableFuture<Outcome<R>>) (CompletableFuture<?>) acts.remove().get();
    }

    @Override
    public void close() {}
  }

  private static W7s.Builder w7s(Transport transport) {
    return W7s.builder(W7sConfig.builder().mode(Mode.LOCAL).app("acme/shop").build())
        .transport(transport)
        .time(new SteppedTime());
  }

  private static Throwable blockingFailure(Method method, W7s w7s) {
    return catchThrowable(() -> method.blocking().apply(w7s));
  }

  private static Throwable asyncFailure(Function<W7s, CompletableFuture<?>> async, W7s w7s) {
    CompletableFuture<?>[] future = new CompletableFuture<?>[1];
    assertThat(catchThrowable(() -> future[0] = async.apply(w7s)))
        .as("thrown by the async method itself")
        .isNull();
    assertThat(future[0]).isCompletedExceptionally();
    Throwable failure = catchThrowable(() -> future[0].join());
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }

  private static CompletableFuture<? extends Outcome<?>> done(Outcome<?> outcome) {
    return CompletableFuture.completedFuture(outcome);
  }

  private static Map<String, Supplier<CompletableFuture<? extends Outcome<?>>>> defects() {
    return Map.of(
        "throws an Error",
            () -> {
              throw new Fault();
            },
        "throws an exception",
            () -> {
              throw new IllegalStateException("defect");
            },
        "throws an exception of the SDK",
            () -> {
              throw new ConfigurationException("set something");
            },
        "returns null", () -> null,
        "has an outcome of null", () -> CompletableFuture.completedFuture(null),
        "has a success without a result", () -> done(Outcome.success(null)),
        "fails with an Error", () -> CompletableFuture.failedFuture(new Fault()),
        "fails with an exception",
            () -> CompletableFuture.failedFuture(new IllegalStateException("defect")),
        "fails with an exception of the SDK",
            () -> CompletableFuture.failedFuture(new ConfigurationException("set something")));
  }

  private static Class<? extends Throwable> expected(String defect) {
    if (defect.endsWith("Error")) {
      return Fault.class;
    }
    return defect.endsWith("SDK") ? ConfigurationException.class : TransportException.class;
  }

  @TestFactory
  Stream<DynamicTest> completesWhenATransport() {
    return methods().stream()
        .flatMap(
            method ->
                defects().entrySet().stream()
                    .map(
                        defect ->
                            dynamicTest(
                                defect.getKey() + " in " + method.name(),
                                () -> failsAlike(method, defect.getKey(), defect.getValue()))));
  }

  /** In the first attempt, and in a retry. */
  private static void failsAlike(
      Method method, String name, Supplier<CompletableFuture<? extends Outcome<?>>> defect) {
    for (int retries = 0; retries < 2; retries++) {
      var acts = new ArrayDeque<Supplier<CompletableFuture<? extends Outcome<?>>>>();
      for (int i = 0; i < retries; i++) {
        acts.add(() -> done(ClientParity.UNREACHABLE));
      }
      for (int i = 0; i < 3; i++) {
        acts.add(defect);
      }
      var blocking = new ActingTransport(List.copyOf(acts));
      var async = new ActingTransport(List.copyOf(acts));
      Throwable thrown;
      Throwable reported;
      try (W7s first = w7s(blocking).build();
          W7s second = w7s(async).build()) {
        thrown = blockingFailure(method, first);
        reported = asyncFailure(method.async(), second);
      }
      assertThat(thrown).isExactlyInstanceOf(expected(name));
      assertThat(reported).isExactlyInstanceOf(expected(name)).hasMessage(thrown.getMessage());
      assertThat(async.acts).as("attempts").hasSameSizeAs(blocking.acts);
    }
  }

  @Test
  void completesWhenATransportCancelsOrFailsWithACheckedException() {
    for (Throwable cause : List.of(new CancellationException(), new IOException("broken"))) {
      for (Method method : methods()) {
        var transport =
            new ActingTransport(
                List.of(() -> CompletableFuture.failedFuture(cause), () -> done(method.answer())));
        try (W7s w7s = w7s(transport).build()) {
          assertThat(method.async().apply(w7s)).as("retried " + method.name()).isCompleted();
        }
      }
    }
  }

  private static final JsonCodec FAULTY_CODEC =
      new JsonCodec() {
        @Override
        public byte[] encode(Object value, TypeRef<?> type) {
          throw new Fault();
        }

        @Override
        public <T> T decode(byte[] json, int offset, int length, TypeRef<T> type) {
          throw new Fault();
        }
      };

  @TestFactory
  Stream<DynamicTest> completesWhenACodecThrowsAnError() {
    Method login =
        new Method(
            "post",
            w7s -> w7s.rpc().call(LOGIN, JOB, call -> call.variable("user", "u")),
            w7s -> w7s.rpc().callAsync(LOGIN, JOB, call -> call.variable("user", "u")),
            USER);
    return Stream.concat(methods().stream(), Stream.of(login))
        .filter(method -> !List.of("exchange", "status").contains(method.name()))
        .map(
            method ->
                dynamicTest(
                    method.name(),
                    () -> {
                      try (W7s w7s =
                          w7s(new ScriptedTransport(method.answer(), method.answer()))
                              .codec(FAULTY_CODEC)
                              .build()) {
                        assertThat(blockingFailure(method, w7s)).isInstanceOf(Fault.class);
                        assertThat(asyncFailure(method.async(), w7s)).isInstanceOf(Fault.class);
                      }
                    }));
  }

  @Test
  void completesWhenTheConstructorOfAResultThrowsAnError() {
    var route = AppRef.of("acme/auth").get("/session", Broken.class);
    try (W7s w7s = w7s(new ScriptedTransport(USER)).build()) {
      assertThat(asyncFailure(any -> any.rpc().callAsync(route), w7s)).isNotNull();
    }
    var flow = AppRef.of("acme/shop").workflow("checkout", ClientParity.Job.class, Broken.class);
    try (W7s w7s = w7s(new ScriptedTransport(DONE)).build()) {
      assertThat(
              asyncFailure(
                  any -> any.workflows().handle(flow, "i1").awaitAsync(Duration.ofMinutes(1)), w7s))
          .isNotNull();
    }
  }

  @Test
  void completesWhenAnOptionsLambdaThrowsAnErrorOrIsNull() {
    try (W7s w7s = w7s(new ScriptedTransport()).build()) {
      List<Function<W7s, CompletableFuture<?>>> faulty =
          List.of(
              any -> any.queues().sendAsync(JOBS, JOB, send -> fault()),
              any -> any.events().publishAsync(CREATED, JOB, publish -> fault()),
              any -> any.rpc().callAsync(SESSION, null, call -> fault()),
              any -> any.rpc().exchangeAsync(SESSION, null, call -> fault()),
              any -> any.workflows().startAsync(CHECKOUT, JOB, start -> fault()));
      for (Function<W7s, CompletableFuture<?>> call : faulty) {
        assertThat(asyncFailure(call, w7s)).isInstanceOf(Fault.class);
      }
      List<Function<W7s, CompletableFuture<?>>> withoutOptions =
          List.of(
              any -> any.queues().sendAsync(JOBS, JOB, null),
              any -> any.queues().sendAsync(null, JOB),
              any -> any.events().publishAsync(CREATED, JOB, null),
              any -> any.rpc().callAsync(SESSION, null, null),
              any -> any.rpc().exchangeAsync(null),
              any -> any.workflows().startAsync(CHECKOUT, JOB, null),
              any -> any.workflows().handle(CHECKOUT, "i1").awaitAsync(null));
      for (Function<W7s, CompletableFuture<?>> call : withoutOptions) {
        assertThat(asyncFailure(call, w7s)).isInstanceOf(NullPointerException.class);
      }
    }
  }

  /** Fails where a test says. */
  private static class FaultyTime implements TimeSource {
    private final SteppedTime steps = new SteppedTime();
    private final Consumer<String> fault;

    FaultyTime(Consumer<String> fault) {
      this.fault = fault;
    }

    @Override
    public Instant now() {
      fault.accept("now");
      return steps.now();
    }

    @Override
    public Duration elapsed() {
      return steps.elapsed();
    }

    @Override
    public void sleep(Duration delay) {
      throw new AssertionError("calls wait with after()");
    }

    @Override
    public CompletableFuture<Void> after(Duration delay) {
      fault.accept("after");
      return steps.after(delay);
    }

    @Override
    public RandomGenerator random() {
      fault.accept("random");
      return steps.random();
    }
  }

  @Test
  void completesWhenATimeSourceThrows() {
    for (String where : List.of("now", "after", "random")) {
      var time =
          new FaultyTime(
              asked -> {
                if (asked.equals(where)) {
                  fault();
                }
              });
      Outcome<?> unreachable = ClientParity.UNREACHABLE;
      try (W7s w7s =
          w7s(new ScriptedTransport(unreachable, unreachable, unreachable)).time(time).build()) {
        assertThat(asyncFailure(any -> any.queues().sendAsync(JOBS, JOB), w7s))
            .as(where)
            .isInstanceOf(Fault.class);
      }
    }
  }

  @Test
  void failsWhenATimerFails() {
    var time =
        new FaultyTime(asked -> {}) {
          @Override
          public CompletableFuture<Void> after(Duration delay) {
            return CompletableFuture.failedFuture(new Fault());
          }
        };
    Outcome<?> unreachable = ClientParity.UNREACHABLE;
    try (W7s w7s = w7s(new ScriptedTransport(unreachable)).time(time).build()) {
      assertThat(asyncFailure(any -> any.queues().sendAsync(JOBS, JOB), w7s))
          .isInstanceOf(Fault.class);
    }
  }
}
