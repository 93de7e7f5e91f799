package io.w7s.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowRef;
import io.w7s.sdk.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cancelling or interrupting a call ends the attempt or the wait that it is in. */
class CancellationTest {

  private static final QueueRef<String> JOBS = AppRef.of("acme/worker").queue("jobs", String.class);
  private static final RpcRef<Void, String> PING =
      AppRef.of("acme/worker").get("/ping", String.class);

  private final OpenTransport transport = new OpenTransport();
  private final OpenTime time = new OpenTime();
  private final W7s w7s =
      W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.LOCAL).app("acme/shop").build())
          .transport(transport)
          .time(time)
          .build();

  @AfterEach
  void close() {
    w7s.close();
  }

  @Test
  void cancelsTheAttemptUnderWay() {
    CompletableFuture<SendReceipt> send = w7s.queues().sendAsync(JOBS, "a");

    send.cancel(true);

    assertThat(transport.attempts).hasSize(1);
    assertThat(transport.attempts.get(0)).isCancelled();
  }

  @Test
  void cancelsTheWaitForARetry() {
    CompletableFuture<SendReceipt> send = w7s.queues().sendAsync(JOBS, "a");
    transport.answer(Outcome.notDelivered("no route", null));

    send.cancel(true);

    assertThat(time.pauses).hasSize(1);
    assertThat(time.pauses.get(0)).isCancelled();
    assertThat(transport.attempts).hasSize(1);
  }

  @Test
  void cancelsTheAttemptOfADecodedRpc() {
    w7s.rpc().callAsync(PING).cancel(true);

    assertThat(transport.attempts.get(0)).isCancelled();
  }

  @Test
  void cancelsTheAttemptWhenTheCallerCompletesTheFuture() {
    CompletableFuture<SendReceipt> send = w7s.queues().sendAsync(JOBS, "a");

    send.completeExceptionally(new IllegalStateException("the caller has lost interest"));

    assertThat(transport.attempts.get(0)).isCancelled();
  }

  @Test
  void cancelsTheQuestionAndTheWaitForAWorkflow() {
    WorkflowRef<String, String> flow =
        AppRef.of("acme/shop").workflow("checkout", String.class, String.class);
    CompletableFuture<String> asking =
        w7s.workflows().handle(flow, "i1").awaitAsync(Duration.ofMinutes(1));
    asking.cancel(true);
    assertThat(transport.attempts.get(0)).isCancelled();

    CompletableFuture<String> pausing =
        w7s.workflows().handle(flow, "i1").awaitAsync(Duration.ofMinutes(1));
    transport.answer(
        Outcome.success(
            new WorkflowInstance("i1", WorkflowStatus.of(WorkflowStatus.State.RUNNING))));
    pausing.cancel(true);
    assertThat(time.pauses.get(0)).isCancelled();
    assertThat(transport.attempts).hasSize(2);
  }

  @Test
  void endsTheWaitForARetryWhenInterrupted() throws Exception {
    transport.blockingAnswer = Outcome.notDelivered("no route", null);
    var thrown = new AtomicReference<Throwable>();
    var stillInterrupted = new AtomicReference<Boolean>();
    var caller =
        new Thread(
            () -> {
              try {
                w7s.queues().send(JOBS, "a");
              } catch (TransportException failure) {
                thrown.set(failure);
                stillInterrupted.set(Thread.currentThread().isInterrupted());
              }
            });
    caller.start();
    time.waiting.await();

    caller.interrupt();
    caller.join(10_000);

    assertThat(thrown.get())
        .isExactlyInstanceOf(TransportException.class)
        .hasMessageContaining("interrupted while waiting for the next attempt")
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(((TransportException) thrown.get()).mayHaveBeenDelivered()).isFalse();
    assertThat(stillInterrupted.get()).isTrue();
  }

  @Test
  void refusesCallsAfterCloseAsNotDelivered() {
    w7s.close();
    w7s.close();

    assertThat(transport.closed).isEqualTo(1);
    assertThatThrownBy(() -> w7s.queues().send(JOBS, "a"))
        .isExactlyInstanceOf(TransportException.class)
        .hasMessageContaining("this W7s is closed (it was not delivered)");
    assertThat(w7s.queues().sendAsync(JOBS, "a")).isCompletedExceptionally();
    assertThat(transport.attempts).isEmpty();
  }

  /** Leaves async attempts open until the test completes them. */
  private static final class OpenTransport implements Transport {
    final List<CompletableFuture<Outcome<?>>> attempts = new ArrayList<>();
    Outcome<?> blockingAnswer = Outcome.refused(501, "not in this test");
    int closed;

    void answer(Outcome<?> answer) {
      attempts.get(attempts.size() - 1).complete(answer);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
      return (Outcome<R>) blockingAnswer;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> CompletableFuture<Outcome<R>> executeAsync(
        Operation<R> operation, CallContext context) {
      var attempt = new CompletableFuture<Outcome<?>>();
      attempts.add(attempt);
      return (CompletableFuture<Outcome<R>>) (CompletableFuture<?>) attempt;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  /** Leaves waits open until the test ends them. */
  private static final class OpenTime implements TimeSource {
    final List<CompletableFuture<Void>> pauses = new ArrayList<>();
    final CountDownLatch waiting = new CountDownLatch(1);

    @Override
    public Instant now() {
      return SteppedTime.START;
    }

    @Override
    public Duration elapsed() {
      return Duration.ZERO;
    }

    @Override
    public void sleep(Duration delay) {
      throw new AssertionError("calls wait with after()");
    }

    @Override
    public CompletableFuture<Void> after(Duration delay) {
      var pause = new CompletableFuture<Void>();
      pauses.add(pause);
      waiting.countDown();
      return pause;
    }

    @Override
    public RandomGenerator random() {
      return RandomGenerator.getDefault();
    }
  }
}
