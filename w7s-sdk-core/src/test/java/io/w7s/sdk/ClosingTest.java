package io.w7s.sdk;

import static io.w7s.sdk.ClientParity.CHECKOUT;
import static io.w7s.sdk.ClientParity.JOB;
import static io.w7s.sdk.ClientParity.JOBS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.error.TransportException;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing a W7s ends every wait of its calls at once, and releases everything. */
@Timeout(60)
class ClosingTest {

  /** Time in which no wait ends by itself. */
  private static final class FrozenTime implements TimeSource {
    final Semaphore waits = new Semaphore(0);

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
      waits.release();
      return new CompletableFuture<>();
    }

    @Override
    public Executor executor() {
      return TimeSource.system().executor();
    }

    @Override
    public RandomGenerator random() {
      return RandomGenerator.getDefault();
    }
  }

  /** What a call can wait for. */
  enum Waiting {
    FOR_A_RETRY(
        new ScriptedTransport(ClientParity.limited(Duration.ofSeconds(11))),
        "this W7s was closed while waiting for the next attempt (it was not delivered)",
        w7s -> w7s.queues().send(JOBS, JOB),
        w7s -> w7s.queues().sendAsync(JOBS, JOB)),
    FOR_A_RETRY_AFTER_AN_UNKNOWN_DELIVERY(
        new ScriptedTransport(ClientParity.CUT),
        "this W7s was closed while waiting for the next attempt (it may have been delivered)",
        w7s -> w7s.queues().send(JOBS, JOB, send -> send.allowDuplicates()),
        w7s -> w7s.queues().sendAsync(JOBS, JOB, send -> send.allowDuplicates())),
    FOR_ITS_TURN(
        new ScriptedTransport(ClientParity.ENQUEUED),
        "this W7s was closed while waiting for the first attempt (it was not delivered)",
        w7s -> {
          w7s.queues().send(JOBS, JOB);
          return w7s.queues().send(JOBS, JOB);
        },
        w7s -> {
          w7s.queues().send(JOBS, JOB);
          return w7s.queues().sendAsync(JOBS, JOB);
        }),
    FOR_A_WORKFLOW(
        new ScriptedTransport(ClientParity.instance(State.RUNNING, null, null)),
        "this W7s was closed while waiting; the instance goes on (it may have been delivered)",
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").await(Duration.ofDays(1)),
        w7s -> w7s.workflows().handle(CHECKOUT, "i1").awaitAsync(Duration.ofDays(1)));

    private final ScriptedTransport transport;
    private final String message;
    private final Function<W7s, Object> blocking;
    private final Function<W7s, CompletableFuture<?>> async;

    Waiting(
        ScriptedTransport transport,
        String message,
        Function<W7s, Object> blocking,
        Function<W7s, CompletableFuture<?>> async) {
      this.transport = transport;
      this.message = message;
      this.blocking = blocking;
      this.async = async;
    }

    /** A transport with a script of its own for each test. */
    ScriptedTransport transport() {
      return transport.copy();
    }
  }

  private final FrozenTime time = new FrozenTime();

  private W7s w7s(ScriptedTransport transport) {
    return W7s.builder(W7sConfig.builder().mode(Mode.LOCAL).app("acme/shop").build())
        .transport(transport)
        .time(time)
        .pacing(Pacing.waiting().instances(1000)) // one call a minute
        .options(call -> call.timeout(Duration.ofHours(1)))
        .build();
  }

  @ParameterizedTest
  @EnumSource
  void endsABlockingCallThatWaits(Waiting waiting) throws Exception {
    W7s w7s = w7s(waiting.transport());
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    new Thread(() -> thrown.complete(catchThrowable(() -> waiting.blocking.apply(w7s)))).start();
    time.waits.acquire();

    w7s.close();

    assertThat(thrown.get(10, TimeUnit.SECONDS))
        .isExactlyInstanceOf(TransportException.class)
        .hasMessageContaining(waiting.message);
  }

  @ParameterizedTest
  @EnumSource
  void endsAnAsyncCallThatWaits(Waiting waiting) throws Exception {
    W7s w7s = w7s(waiting.transport());
    CompletableFuture<?> call = waiting.async.apply(w7s);
    time.waits.acquire();
    assertThat(call).isNotDone();

    w7s.close();

    assertThat(catchThrowable(() -> call.get(10, TimeUnit.SECONDS)).getCause())
        .isExactlyInstanceOf(TransportException.class)
        .hasMessageContaining(waiting.message);
  }

  @Test
  void doesNotWaitForACallbackThatBlocks() throws Exception {
    Outcome<?> unreachable = ClientParity.UNREACHABLE;
    W7s w7s =
        W7s.builder(W7sConfig.builder().mode(Mode.LOCAL).app("acme/shop").build())
            .transport(new ScriptedTransport(unreachable, unreachable))
            .time(time)
            .build();
    CompletableFuture<SendReceipt> first = w7s.queues().sendAsync(JOBS, JOB);
    CompletableFuture<SendReceipt> second = w7s.queues().sendAsync(JOBS, JOB);
    var bothEnded = new CountDownLatch(2);
    for (CompletableFuture<SendReceipt> call : List.of(first, second)) {
      call.whenComplete(
          (receipt, failure) -> {
            bothEnded.countDown();
            try {
              bothEnded.await(); // each waits for the other
            } catch (InterruptedException e) {
              throw new CompletionException(e);
            }
          });
    }

    w7s.close();

    assertThat(bothEnded.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void endsAWaitOfTheSystemsTime() throws Exception {
    W7s w7s =
        W7s.builder(W7sConfig.builder().mode(Mode.LOCAL).app("acme/shop").build())
            .transport(new ScriptedTransport(ClientParity.limited(Duration.ofSeconds(50))))
            .options(call -> call.timeout(Duration.ofHours(1)))
            .build();
    CompletableFuture<SendReceipt> call = w7s.queues().sendAsync(JOBS, JOB);

    w7s.close();

    assertThat(catchThrowable(() -> call.get(10, TimeUnit.SECONDS)))
        .hasCauseExactlyInstanceOf(TransportException.class);
  }

  @Test
  void endsTheWaitsWhenTheTransportFailsToClose() throws Exception {
    var closings = new AtomicInteger();
    var transport =
        new ScriptedTransport(ClientParity.UNREACHABLE) {
          @Override
          public void close() {
            closings.incrementAndGet();
            throw new IllegalStateException("the port stays");
          }
        };
    W7s w7s = w7s(transport);
    CompletableFuture<SendReceipt> call = w7s.queues().sendAsync(JOBS, JOB);

    assertThatThrownBy(w7s::close).hasMessage("the port stays");
    w7s.close();

    assertThat(closings).hasValue(1);
    assertThat(catchThrowable(() -> call.get(10, TimeUnit.SECONDS)))
        .hasCauseExactlyInstanceOf(TransportException.class);
    assertThatThrownBy(() -> w7s.queues().send(JOBS, JOB))
        .hasMessageContaining("this W7s is closed");
  }

  @Test
  void refusesAWaitThatBeginsAfterClose() {
    var transport =
        new ScriptedTransport(
            List.of(
                () -> {
                  closeInTheAttempt();
                  return ClientParity.UNREACHABLE;
                }));
    closing = w7s(transport);

    assertThatThrownBy(() -> closing.queues().send(JOBS, JOB))
        .isExactlyInstanceOf(TransportException.class)
        .hasMessageContaining("closed while waiting for the next attempt");
  }

  private W7s closing;

  private void closeInTheAttempt() {
    closing.close();
  }
}
