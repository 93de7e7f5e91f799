package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.error.CallException;
import io.w7s.sdk.error.CallTimeoutException;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.error.NotFoundException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.error.RpcFailedException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.error.UnauthenticatedException;
import io.w7s.sdk.error.WorkflowFailedException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcResponse;
import io.w7s.sdk.spi.Answer;
import io.w7s.sdk.spi.CallListener;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Operation.RpcAnswer;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Operation.WorkflowStart;
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
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every behaviour of the clients, each run through the blocking method and through its async twin:
 * same result or exception, same operations sent, same waits, same events told to listeners.
 */
class ClientParityTest {

  record Job(String type) {}

  record Session(String user) {}

  private static final QueueRef<Job> JOBS = QueueRef.of("acme/worker", "jobs", Job.class);
  private static final SubjectRef<Job> CREATED = SubjectRef.of("orders.created", Job.class);
  private static final RpcRef<Void, Session> SESSION =
      RpcRef.get("acme/auth", "/session", Session.class);
  private static final RpcRef<Job, Session> LOGIN =
      RpcRef.post("acme/auth", "/users/{user}/login", Job.class, Session.class);
  private static final WorkflowRef<Job, Session> CHECKOUT =
      WorkflowRef.of("acme/shop", "checkout", Job.class, Session.class);

  private static final Job JOB = new Job("work");
  private static final SendReceipt SENT =
      new SendReceipt(AppId.parse("acme/worker"), "jobs", SteppedTime.START);
  private static final Answer<?> ENQUEUED = Answer.success(SENT);
  private static final Answer<?> UNREACHABLE = Answer.notDelivered("no route", null);
  private static final Answer<?> CUT = Answer.deliveryUnknown("connection reset", null);

  /** What a call came to, as far as a caller or an observer can see. */
  record Outcome<R>(
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

    /** What must be the same on both paths; times and bodies are compared as text. */
    String seen() {
      return result
          + "\n"
          + failure
          + "\n"
          + sent.stream().map(Outcome::describe).toList()
          + "\n"
          + waits
          + "\n"
          + events;
    }

    private static String describe(Operation<?> operation) {
      return operation.name() + " " + operation.target() + " " + operation.repeatable();
    }
  }

  private static final class Recorder implements CallListener {
    final List<String> events = new ArrayList<>();

    @Override
    public void attempting(Operation<?> operation, int attempt) {
      events.add("attempting " + attempt);
    }

    @Override
    public void retrying(Operation<?> operation, int attempt, Answer<?> answer, Duration delay) {
      events.add("retrying after " + attempt);
    }

    @Override
    public void succeeded(Operation<?> operation, int attempts, Duration took) {
      events.add("succeeded with " + attempts);
    }

    @Override
    public void failed(Operation<?> operation, CallException failure, Duration took) {
      events.add("failed: " + failure.getClass().getSimpleName());
    }
  }

  private final List<DynamicTest> tests = new ArrayList<>();

  private <R> void rule(
      String name,
      List<Answer<?>> script,
      Function<W7s, R> blocking,
      Function<W7s, CompletableFuture<R>> async,
      Consumer<Outcome<R>> check) {
    List<Supplier<Answer<?>>> answers =
        script.stream().<Supplier<Answer<?>>>map(answer -> () -> answer).toList();
    tests.add(
        DynamicTest.dynamicTest(
            name,
            () -> {
              Outcome<R> waited = run(answers, w7s -> blocking.apply(w7s));
              Outcome<R> later =
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

  private interface Call<R> {
    R apply(W7s w7s) throws Exception;
  }

  private static <R> Outcome<R> run(List<Supplier<Answer<?>>> script, Call<R> call) {
    var transport = new ScriptedTransport(script);
    var time = new SteppedTime();
    var recorder = new Recorder();
    R result = null;
    Throwable failure = null;
    try (W7s w7s =
        W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build())
            .transport(transport)
            .time(time)
            .listener(recorder)
            .build()) {
      result = call.apply(w7s);
    } catch (ExecutionException reported) {
      failure = reported.getCause();
    } catch (Exception thrown) {
      failure = thrown;
    }
    return new Outcome<>(result, failure, transport.sent, time.waits, recorder.events);
  }

  private void send(String name, List<Answer<?>> script, Consumer<Outcome<SendReceipt>> check) {
    rule(
        name,
        script,
        w7s -> w7s.queues().send(JOBS, JOB),
        w7s -> w7s.queues().sendAsync(JOBS, JOB),
        check);
  }

  private void session(String name, List<Answer<?>> script, Consumer<Outcome<Session>> check) {
    rule(name, script, w7s -> w7s.rpc().call(SESSION), w7s -> w7s.rpc().callAsync(SESSION), check);
  }

  private static Answer<?> rpc(int status, String body) {
    return rpc(status, Headers.none(), body);
  }

  private static Answer<?> rpc(int status, Headers headers, String body) {
    return Answer.success(new RpcAnswer(status, headers, body.getBytes(StandardCharsets.UTF_8)));
  }

  private static Answer<?> limited(Duration retryAfter) {
    return new Answer.Refused<>(429, "too many", Map.of("rateLimit", Map.of()), retryAfter);
  }

  private static Answer<?> instance(State state, String output, String error) {
    return Answer.success(
        new WorkflowInstance(
            "production-acme-shop-checkout-1",
            new WorkflowStatus(
                state,
                Optional.ofNullable(output)
                    .map(body -> new WorkflowStatus.Output(200, "application/json", body)),
                Optional.ofNullable(error))));
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

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
          assertThat(outcome.events()).containsExactly("attempting 1", "succeeded with 1");
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
                  "queue send to acme/worker/jobs (3 attempts) got no answer: no route"
                      + " (it was not delivered)");
          assertThat(outcome.waits()).hasSize(2);
          assertThat(outcome.waits().get(0))
              .isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
          assertThat(outcome.waits().get(1))
              .isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
        });
    send(
        "a send whose delivery is unknown is not tried again",
        List.of(CUT),
        outcome -> {
          TransportException failure = outcome.failed(TransportException.class);
          assertThat(failure.mayHaveBeenDelivered()).isTrue();
          assertThat(failure.retryable()).isFalse();
          assertThat(failure.attempts()).isEqualTo(1);
        });
    rule(
        "a send whose delivery is unknown is tried again where duplicates are allowed",
        List.of(CUT, ENQUEUED),
        w7s -> w7s.queues().send(JOBS, JOB, send -> send.allowDuplicates()),
        w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> send.allowDuplicates()),
        outcome -> assertThat(outcome.result()).isEqualTo(SENT));
    rule(
        "after an attempt that may have been delivered, a later one cannot say that nothing was",
        List.of(CUT, UNREACHABLE, UNREACHABLE),
        w7s -> w7s.queues().send(JOBS, JOB, send -> send.allowDuplicates()),
        w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> send.allowDuplicates()),
        outcome ->
            assertThat(outcome.failed(TransportException.class).mayHaveBeenDelivered()).isTrue());
    send(
        "a limit is waited for as long as the platform asks",
        List.of(limited(Duration.ofSeconds(7)), ENQUEUED),
        outcome -> {
          assertThat(outcome.result()).isEqualTo(SENT);
          assertThat(outcome.waits()).containsExactly(Duration.ofSeconds(7));
          assertThat(outcome.events())
              .containsExactly(
                  "attempting 1", "retrying after 1", "attempting 2", "succeeded with 2");
        });
    send(
        "a wait of a day is not waited: the exception says when to come back",
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
        "a wait beyond the call's own time is not begun",
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
                "a send refused with " + status + " is not tried again",
                List.of(Answer.refused(status, "no")),
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

  @TestFactory
  Stream<DynamicTest> rpcCalls() {
    session(
        "a call returns the decoded body",
        List.of(rpc(200, "{\"user\":\"ann\"}")),
        outcome -> {
          assertThat(outcome.result()).isEqualTo(new Session("ann"));
          RpcCall call = outcome.onlySent(RpcCall.class);
          assertThat(call.body()).isNull();
          assertThat(call.headers().first("accept")).contains("application/json");
          assertThat(call.headers().has("content-type")).isFalse();
        });
    session(
        "JSON null is null",
        List.of(rpc(200, "null")),
        outcome -> {
          assertThat(outcome.failure()).isNull();
          assertThat(outcome.result()).isNull();
        });
    session(
        "an empty answer is null",
        List.of(rpc(204, "")),
        outcome -> {
          assertThat(outcome.failure()).isNull();
          assertThat(outcome.result()).isNull();
        });
    rule(
        "path variables, query and headers are encoded into the request",
        List.of(rpc(200, "{\"user\":\"ann\"}")),
        w7s ->
            w7s.rpc()
                .call(
                    LOGIN,
                    JOB,
                    call ->
                        call.variable("user", "a b%é").query("x", "1&2").header("cookie", "c=1")),
        w7s ->
            w7s.rpc()
                .callAsync(
                    LOGIN,
                    JOB,
                    call ->
                        call.variable("user", "a b%é").query("x", "1&2").header("cookie", "c=1")),
        outcome -> {
          RpcCall call = outcome.onlySent(RpcCall.class);
          assertThat(call.path()).isEqualTo("/users/a%20b%25%C3%A9/login");
          assertThat(call.query()).isEqualTo("x=1%262");
          assertThat(call.headers().first("cookie")).contains("c=1");
          assertThat(call.headers().first("content-type")).contains("application/json");
        });
    rule(
        "a derived client starts from its own options",
        List.of(rpc(200, "{\"user\":\"ann\"}")),
        w7s -> w7s.rpc().with(call -> call.header("cookie", "c=1")).call(SESSION),
        w7s -> w7s.rpc().with(call -> call.header("cookie", "c=1")).callAsync(SESSION),
        outcome ->
            assertThat(outcome.onlySent(RpcCall.class).headers().first("cookie")).contains("c=1"));
    rule(
        "a missing path variable is refused before anything is sent",
        List.of(),
        w7s -> w7s.rpc().call(LOGIN, JOB),
        w7s -> w7s.rpc().callAsync(LOGIN, JOB),
        outcome -> outcome.failed(InvalidInputException.class));
    session(
        "a target's failure is an exception with its status and body, not tried again",
        List.of(rpc(500, "boom")),
        outcome -> {
          RpcFailedException failure = outcome.failed(RpcFailedException.class);
          assertThat(failure.status()).isEqualTo(500);
          assertThat(failure.body()).isEqualTo("boom");
          assertThat(failure)
              .hasMessage("RPC GET to acme/auth/session was answered with 500: boom");
        });
    session(
        "a target's 503 to a GET is tried again after the wait it asks for",
        List.of(rpc(503, Headers.of("retry-after", "2"), ""), rpc(200, "{\"user\":\"ann\"}")),
        outcome -> {
          assertThat(outcome.result()).isEqualTo(new Session("ann"));
          assertThat(outcome.waits()).containsExactly(Duration.ofSeconds(2));
        });
    rule(
        "a target's 503 to a POST is not tried again",
        List.of(rpc(503, "")),
        w7s -> w7s.rpc().call(LOGIN, JOB, call -> call.variable("user", "u")),
        w7s -> w7s.rpc().callAsync(LOGIN, JOB, call -> call.variable("user", "u")),
        outcome -> assertThat(outcome.failed(RpcFailedException.class).retryable()).isFalse());
    session(
        "a GET whose delivery is unknown is tried again",
        List.of(CUT, rpc(200, "{\"user\":\"ann\"}")),
        outcome -> assertThat(outcome.result()).isEqualTo(new Session("ann")));
    session(
        "a timeout is its own exception",
        List.of(timedOut(), timedOut(), timedOut()),
        outcome -> {
          CallTimeoutException failure = outcome.failed(CallTimeoutException.class);
          assertThat(failure.attempts()).isEqualTo(3);
          assertThat(failure.mayHaveBeenDelivered()).isTrue();
        });
    session(
        "an answer of another type is a codec exception with the type",
        List.of(rpc(200, "[1]")),
        outcome -> assertThat(outcome.failed(CodecException.class).type()).contains("Session"));
    session(
        "an interrupted attempt is not tried again",
        List.of(new Answer.NoAnswer<>(Answer.Failure.INTERRUPTED, true, "interrupted", null)),
        outcome -> outcome.failed(TransportException.class));
    rule(
        "an exchange gives any status back as it came",
        List.of(rpc(404, Headers.of("x-reason", "gone"), "{\"user\":\"nobody\"}")),
        w7s -> view(w7s.rpc().exchange(SESSION)),
        w7s -> w7s.rpc().exchangeAsync(SESSION).thenApply(ClientParityTest::view),
        outcome -> assertThat(outcome.result()).isEqualTo("404 [x-reason] Session[user=nobody]"));
    return tests.stream();
  }

  private static Answer<?> timedOut() {
    return new Answer.NoAnswer<>(Answer.Failure.TIMED_OUT, true, "no answer in PT10S", null);
  }

  private static String view(RpcResponse<Session> response) {
    return response.status() + " " + response.headers() + " " + response.body();
  }

  @TestFactory
  Stream<DynamicTest> events() {
    PublishReceipt receipt =
        new PublishReceipt(
            "e1", "orders.created", AppId.parse("acme/shop"), SteppedTime.START, List.of());
    rule(
        "an event gets a random id and the time of publishing, and is not repeatable",
        List.of(Answer.success(receipt)),
        w7s -> w7s.events().publish(CREATED, JOB),
        w7s -> w7s.events().publishAsync(CREATED, JOB),
        outcome -> {
          EventPublish publish = outcome.onlySent(EventPublish.class);
          assertThat(publish.id()).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab].{16}");
          assertThat(publish.time()).isEqualTo(SteppedTime.START);
          assertThat(publish.source()).hasToString("acme/shop");
          assertThat(publish.repeatable()).isFalse();
          assertThat(outcome.result()).isEqualTo(receipt);
        });
    rule(
        "an event with the caller's id is tried again when its delivery is unknown",
        List.of(CUT, Answer.success(receipt)),
        w7s -> w7s.events().publish(CREATED, JOB, publish -> publish.id("e1")),
        w7s -> w7s.events().publishAsync(CREATED, JOB, publish -> publish.id("e1")),
        outcome -> assertThat(outcome.result()).isEqualTo(receipt));
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> workflows() {
    rule(
        "a start returns a handle with the platform's instance id",
        List.of(instance(State.QUEUED, null, null)),
        w7s -> w7s.workflows().start(CHECKOUT, JOB).instanceId(),
        w7s -> w7s.workflows().startAsync(CHECKOUT, JOB).thenApply(handle -> handle.instanceId()),
        outcome -> {
          assertThat(outcome.result()).isEqualTo("production-acme-shop-checkout-1");
          assertThat(outcome.onlySent(WorkflowStart.class).repeatable()).isFalse();
        });
    rule(
        "a start with an instance id is tried again when its delivery is unknown",
        List.of(CUT, instance(State.QUEUED, null, null)),
        w7s -> w7s.workflows().start(CHECKOUT, JOB, start -> start.instanceId("1")).instanceId(),
        w7s ->
            w7s.workflows()
                .startAsync(CHECKOUT, JOB, start -> start.instanceId("1"))
                .thenApply(handle -> handle.instanceId()),
        outcome -> assertThat(outcome.failure()).isNull());
    rule(
        "waiting asks at growing intervals and returns the decoded output",
        List.of(
            instance(State.QUEUED, null, null),
            instance(State.RUNNING, null, null),
            instance(State.WAITING, null, null),
            instance(State.COMPLETE, "{\"user\":\"ann\"}", null)),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").await(Duration.ofMinutes(1)),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").awaitAsync(Duration.ofMinutes(1)),
        outcome -> {
          assertThat(outcome.result()).isEqualTo(new Session("ann"));
          assertThat(outcome.waits())
              .containsExactly(
                  Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1));
        });
    rule(
        "waiting for an instance that errored says why",
        List.of(instance(State.ERRORED, null, "no stock")),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").await(Duration.ofMinutes(1)),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").awaitAsync(Duration.ofMinutes(1)),
        outcome -> {
          WorkflowFailedException failure = outcome.failed(WorkflowFailedException.class);
          assertThat(failure.state()).isEqualTo("errored");
          assertThat(failure).hasMessageContaining("no stock");
        });
    rule(
        "waiting ends when its time is over, and the instance goes on",
        List.of(
            instance(State.RUNNING, null, null),
            instance(State.RUNNING, null, null),
            instance(State.RUNNING, null, null)),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").await(Duration.ofMillis(600)),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").awaitAsync(Duration.ofMillis(600)),
        outcome -> {
          assertThat(outcome.failed(CallTimeoutException.class))
              .hasMessageContaining("still running after PT0.6S");
          assertThat(outcome.waits())
              .containsExactly(Duration.ofMillis(250), Duration.ofMillis(350));
        });
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> options() {
    rule(
        "a policy of one attempt does not try again",
        List.of(UNREACHABLE),
        w7s -> w7s.queues().send(JOBS, JOB, send -> send.retry(RetryPolicy.none())),
        w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> send.retry(RetryPolicy.none())),
        outcome -> assertThat(outcome.failed(TransportException.class).attempts()).isEqualTo(1));
    rule(
        "headers that the platform or the connection owns are refused",
        List.of(),
        w7s -> w7s.queues().send(JOBS, JOB, send -> send.header("Authorization", "Bearer t")),
        w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> send.header("Authorization", "Bearer t")),
        outcome ->
            assertThat(outcome.failed(InvalidInputException.class)).hasMessageNotContaining("t\""));
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> settings() {
    List<Supplier<Answer<?>>> script =
        List.of(
            () -> {
              throw new ConfigurationException("set w7s.local.apps.acme/worker");
            });
    Callable<Outcome<SendReceipt>> waited = () -> run(script, w7s -> w7s.queues().send(JOBS, JOB));
    Callable<Outcome<SendReceipt>> later =
        () -> run(script, w7s -> w7s.queues().sendAsync(JOBS, JOB).get());
    return Stream.of(waited, later)
        .map(
            call ->
                DynamicTest.dynamicTest(
                    "a missing setting is thrown as it is and not tried again",
                    () -> {
                      Outcome<SendReceipt> outcome = call.call();
                      outcome.failed(ConfigurationException.class);
                      assertThat(outcome.sent()).hasSize(1);
                    }));
  }
}
