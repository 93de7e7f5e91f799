package io.w7s.sdk;

import static io.w7s.sdk.ClientParity.CHECKOUT;
import static io.w7s.sdk.ClientParity.JOB;
import static io.w7s.sdk.ClientParity.JOBS;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.W7sConfig.Mode;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No code of a user runs on the timer's thread, where it would stop all timers of the JVM. */
@Timeout(60)
class CallbackThreadTest {

  /** The system's time, with short waits instead of long ones. */
  private static final class HurriedTime implements TimeSource {
    private final TimeSource system = TimeSource.system();

    @Override
    public Instant now() {
      return system.now();
    }

    @Override
    public Duration elapsed() {
      return system.elapsed();
    }

    @Override
    public void sleep(Duration delay) throws InterruptedException {
      system.sleep(Duration.ofMillis(20));
    }

    @Override
    public CompletableFuture<Void> after(Duration delay) {
      return system.after(Duration.ofMillis(20));
    }

    @Override
    public Executor executor() {
      return system.executor();
    }

    @Override
    public RandomGenerator random() {
      return system.random();
    }
  }

  private final List<String> threads = new CopyOnWriteArrayList<>();

  private W7s.Builder w7s(ScriptedTransport transport) {
    return W7s.builder(W7sConfig.builder().mode(Mode.LOCAL).app("acme/shop").build())
        .transport(transport)
        .time(new HurriedTime());
  }

  private static ScriptedTransport runningThenComplete() {
    return new ScriptedTransport(
        ClientParity.instance(State.RUNNING, null, null),
        ClientParity.instance(State.COMPLETE, "{\"user\":\"ann\"}", null));
  }

  private void note() {
    threads.add(Thread.currentThread().getName());
  }

  /** A wait can be over before anything depends on it; that runs on the caller's thread then. */
  private void assertNoTimerThread() {
    assertThat(threads)
        .isNotEmpty()
        .allMatch(
            name -> name.startsWith("w7s-async-") || name.equals(Thread.currentThread().getName()));
  }

  @Test
  void runsTheCallbackAfterAWaitForAWorkflowElsewhere() throws Exception {
    try (W7s w7s = w7s(runningThenComplete()).build()) {
      w7s.workflows()
          .handle(CHECKOUT, "i1")
          .awaitAsync(Duration.ofMinutes(1))
          .thenAccept(session -> note())
          .get(10, TimeUnit.SECONDS);
    }
    assertNoTimerThread();
  }

  @Test
  void runsCallbackObserverAndTransportElsewhereAfterARetry() throws Exception {
    var transport =
        new ScriptedTransport(
            List.of(
                () -> ClientParity.UNREACHABLE,
                () -> {
                  note();
                  return ClientParity.ENQUEUED;
                }));
    try (W7s w7s =
        w7s(transport)
            .intercept(
                call ->
                    new CallObserver() {
                      @Override
                      public void attempting(int attempt) {
                        note();
                      }
                    })
            .build()) {
      w7s.queues().sendAsync(JOBS, JOB).thenAccept(receipt -> note()).get(10, TimeUnit.SECONDS);
    }
    assertThat(threads).hasSize(4);
    assertNoTimerThread();
  }

  @Test
  void runsTheCallbackAfterAWaitForATurnElsewhere() throws Exception {
    var transport = new ScriptedTransport(ClientParity.ENQUEUED, ClientParity.ENQUEUED);
    try (W7s w7s =
        w7s(transport)
            .pacing(Pacing.waiting().instances(1000)) // one call a minute
            .options(call -> call.timeout(Duration.ofHours(1)))
            .build()) {
      w7s.queues().send(JOBS, JOB);
      w7s.queues().sendAsync(JOBS, JOB).thenAccept(receipt -> note()).get(10, TimeUnit.SECONDS);
    }
    assertNoTimerThread();
  }

  @Test
  void doesNotDelayATimerOfTheJvmBehindABlockingCallback() throws Exception {
    var begun = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    try (W7s w7s = w7s(runningThenComplete()).build()) {
      Runnable call =
          () ->
              w7s.workflows()
                  .handle(CHECKOUT, "i1")
                  .awaitAsync(Duration.ofMinutes(1))
                  .thenAccept(
                      session -> {
                        begun.countDown();
                        try {
                          end.await();
                        } catch (InterruptedException e) {
                          throw new AssertionError(e);
                        }
                      });
      new Thread(call).start(); // which may find the wait over and run the callback itself
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

      assertThat(new CompletableFuture<Void>().orTimeout(20, TimeUnit.MILLISECONDS))
          .failsWithin(Duration.ofSeconds(10));
      end.countDown();
    }
  }
}
