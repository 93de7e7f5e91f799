package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.spi.CallInterceptor;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RawResponse;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.OutgoingCall;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.DynamicTest;

/**
 * Runs a behaviour of the clients through the blocking method and through its async twin, and
 * compares: same result or exception, same operations sent, same waits, same events told to an
 * observer. Each rule states the behaviour once.
 */
abstract class ClientParity {

  record Job(String type) {}

  record Session(String user) {}

  static final QueueRef<Job> JOBS = AppRef.of("acme/worker").queue("jobs", Job.class);
  static final SubjectRef<Job> CREATED = SubjectRef.of("orders.created", Job.class);
  static final RpcRef<Void, Session> SESSION =
      AppRef.of("acme/auth").get("/session", Session.class);
  static final RpcRef<Job, Session> LOGIN =
      AppRef.of("acme/auth").post("/users/{user}/login", Job.class, Session.class);
  static final WorkflowRef<Job, Session> CHECKOUT =
      AppRef.of("acme/shop").workflow("checkout", Job.class, Session.class);

  static final Job JOB = new Job("work");
  static final SendReceipt SENT =
      new SendReceipt(AppId.parse("acme/worker"), "jobs", SteppedTime.START);
  static final Outcome<?> ENQUEUED = Outcome.success(SENT);
  static final Outcome<?> PUBLISHED =
      Outcome.success(
          new PublishReceipt(
              "e1", "orders.created", AppId.parse("acme/shop"), SteppedTime.START, List.of()));
  static final Outcome<?> UNREACHABLE = Outcome.notDelivered("no route", null);
  static final Outcome<?> CUT = Outcome.deliveryUnknown("connection reset", null);

  /** The end of a call and the way to it, as its caller and an observer see them. */
  record CallEnd<R>(
      R result,
      Throwable failure,
      List<Operation<?>> sent,
      List<Duration> waits,
      List<String> events) {

    <X extends Throwable> X failed(Class<X> type) {
      assertThat(failure).isExactlyInstanceOf(type);
      return type.cast(failure);
    }

    <X extends Operation<?>> X onlySent(Class<X> type) {
      assertThat(sent).hasSize(1);
      return type.cast(sent.get(0));
    }

    /** What must be the same for both; times and bodies are compared as text. */
    String seen() {
      return result
          + "\n"
          + failure
          + "\n"
          + sent.stream().map(CallEnd::describe).toList()
          + "\n"
          + waits
          + "\n"
          + events;
    }

    private static String describe(Operation<?> operation) {
      return operation.name() + " " + operation.target() + " " + operation.repeatable();
    }
  }

  /** Writes down what an observer of a call is told. */
  static final class Recorder implements CallInterceptor {
    final List<String> events = new ArrayList<>();

    @Override
    public CallObserver intercept(OutgoingCall call) {
      events.add("intercepted " + call.name());
      return new CallObserver() {
        @Override
        public void throttled(Duration excess) {
          events.add("throttled by " + excess);
        }

        @Override
        public void attempting(int attempt) {
          events.add("attempting " + attempt);
        }

        @Override
        public void attempted(int attempt, Outcome<?> outcome) {
          events.add("attempted " + attempt + ": " + outcome.getClass().getSimpleName());
        }

        @Override
        public void retrying(int attempt, Duration delay) {
          events.add("retrying after " + attempt);
        }

        @Override
        public void succeeded(int attempts, Duration took) {
          events.add("succeeded with " + attempts);
        }

        @Override
        public void failed(Throwable failure, int attempts, Duration took) {
          events.add("failed with " + attempts + ": " + failure.getClass().getSimpleName());
        }
      };
    }
  }

  final List<DynamicTest> tests = new ArrayList<>();

  <R> void rule(
      String name,
      List<Outcome<?>> script,
      Function<W7s, R> blocking,
      Function<W7s, CompletableFuture<R>> async,
      Consumer<CallEnd<R>> check) {
    List<Supplier<Outcome<?>>> answers =
        script.stream().<Supplier<Outcome<?>>>map(answer -> () -> answer).toList();
    tests.add(
        DynamicTest.dynamicTest(
            name,
            () -> {
              CallEnd<R> waited = run(answers, w7s -> blocking.apply(w7s));
              CallEnd<R> later =
                  run(
                      answers,
                      w7s -> {
                        CompletableFuture<R> future = async.apply(w7s);
                        assertThat(future).as("nothing to wait for in this test").isDone();
                        return future.get();
                      });
              check.accept(waited);
              check.accept(later);
              assertThat(later.seen()).isEqualTo(waited.seen());
            }));
  }

  interface Call<R> {
    R apply(W7s w7s) throws Exception;
  }

  static <R> CallEnd<R> run(List<Supplier<Outcome<?>>> script, Call<R> call) {
    var transport = new ScriptedTransport(script);
    var time = new SteppedTime();
    var recorder = new Recorder();
    R result = null;
    Throwable failure = null;
    try (W7s w7s =
        W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build())
            .transport(transport)
            .time(time)
            .intercept(recorder)
            .build()) {
      result = call.apply(w7s);
    } catch (ExecutionException reported) {
      failure = reported.getCause();
    } catch (Throwable thrown) {
      failure = thrown;
    }
    return new CallEnd<>(result, failure, transport.sent, time.waits, recorder.events);
  }

  void send(String name, List<Outcome<?>> script, Consumer<CallEnd<SendReceipt>> check) {
    rule(
        name,
        script,
        w7s -> w7s.queues().send(JOBS, JOB),
        w7s -> w7s.queues().sendAsync(JOBS, JOB),
        check);
  }

  void session(String name, List<Outcome<?>> script, Consumer<CallEnd<Session>> check) {
    rule(name, script, w7s -> w7s.rpc().call(SESSION), w7s -> w7s.rpc().callAsync(SESSION), check);
  }

  static Outcome<?> rpc(int status, String body) {
    return rpc(status, Headers.none(), body);
  }

  static Outcome<?> rpc(int status, Headers headers, String body) {
    return Outcome.success(new RawResponse(status, headers, body.getBytes(StandardCharsets.UTF_8)));
  }

  static Outcome<?> limited(Duration retryAfter) {
    return new Outcome.Refused<>(429, "too many", Map.of("rateLimit", Map.of()), retryAfter);
  }

  static Outcome<?> instance(State state, String output, String error) {
    return Outcome.success(
        new WorkflowInstance(
            "production-acme-shop-checkout-1",
            new WorkflowStatus(
                state,
                Optional.ofNullable(output)
                    .map(body -> new WorkflowStatus.Output(200, "application/json", body)),
                Optional.ofNullable(error))));
  }

  static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  static Outcome<?> timedOut() {
    return new Outcome.NoResponse<>(Outcome.Failure.TIMED_OUT, true, "no answer in PT10S", null);
  }
}
