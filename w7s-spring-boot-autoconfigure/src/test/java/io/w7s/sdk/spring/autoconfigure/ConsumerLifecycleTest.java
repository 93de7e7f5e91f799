package io.w7s.sdk.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.Headers;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.signature.RequestKind;
import io.w7s.sdk.signature.RequestSigner;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.internal.DeliveryGate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.DefaultLifecycleProcessor;

/** Deliveries come when everything has started, and have left before anything stops. */
@Timeout(60)
class ConsumerLifecycleTest {

  private static final QueueRef<String> JOBS = AppRef.of("acme/worker").queue("jobs", String.class);
  private static final AppRequest UNSIGNED =
      new AppRequest("POST", JOBS.consumer(), "", Headers.none(), new byte[0]);
  private static final String SECRET = SigningSecrets.generate();
  private static final List<String> SEEN = Collections.synchronizedList(new ArrayList<>());

  private final WebApplicationContextRunner context =
      new WebApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  W7sAutoConfiguration.class,
                  W7sConsumerAutoConfiguration.class,
                  W7sServletAutoConfiguration.class))
          .withPropertyValues(
              "w7s.app=acme/worker",
              "w7s.mode=hosted",
              "w7s.bridge.url=https://worker.example",
              "w7s.bridge.secret=" + SECRET);

  static class Jobs {
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch mayGo = new CountDownLatch(1);

    @QueueHandler("jobs")
    void run(String job) throws InterruptedException {
      inside.countDown();
      mayGo.await();
      SEEN.add("handled " + job);
    }
  }

  /** Stands for whatever else starts and stops: a server, a listener of another broker. */
  static class Other implements SmartLifecycle {
    private boolean running;

    @Override
    public void start() {
      running = true;
      SEEN.add("other started");
    }

    @Override
    public void stop() {
      running = false;
      SEEN.add("other stopped");
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public int getPhase() {
      return SmartLifecycle.DEFAULT_PHASE - 1;
    }
  }

  /** The common pool has one thread on a small machine, and these wait for each other. */
  private static final Executor THREADS = task -> new Thread(task).start();

  @BeforeEach
  void forget() {
    SEEN.clear();
  }

  private static AppRequest delivery(String job) {
    byte[] body =
        ("{\"queue\":\"jobs\",\"messages\":[{\"id\":\"m1\",\"body\":\"" + job + "\"}]}")
            .getBytes(StandardCharsets.UTF_8);
    var request =
        new AppRequest(
            "POST",
            JOBS.consumer(),
            "",
            Headers.of("content-type", "application/json").with("x-w7s-queue", "jobs"),
            body);
    return RequestSigner.of(SigningSecrets.of(SECRET), TimeSource.system())
        .sign(RequestKind.QUEUE, request);
  }

  @Test
  void aDeliveryThatRunsIsWaitedForBeforeAnythingElseStops() {
    var jobs = new Jobs();
    context
        .withBean(Jobs.class, () -> jobs)
        .withBean(Other.class, Other::new)
        .run(
            started -> {
              DeliveryGate gate = started.getBean(DeliveryGate.class);
              CompletableFuture<AppResponse> running =
                  CompletableFuture.supplyAsync(() -> gate.handle(delivery("a")), THREADS);
              jobs.inside.await();

              CompletableFuture<Void> stopping =
                  CompletableFuture.runAsync(started.getSourceApplicationContext()::close, THREADS);
              while (gate.handle(UNSIGNED).status() != 503) {
                Thread.onSpinWait(); // until it has begun to stop
              }
              assertThat(SEEN).containsExactly("other started");
              jobs.mayGo.countDown();
              stopping.join();

              assertThat(running.join().status()).isEqualTo(200);
              assertThat(SEEN).containsExactly("other started", "handled a", "other stopped");
              AppResponse late = gate.handle(delivery("c"));
              assertThat(late.status()).isEqualTo(503);
              assertThat(late.headers().first("retry-after")).hasValue("5");
            });
  }

  @Test
  void theContextWaitsNoLongerThanItsShutdownPhase() {
    var jobs = new Jobs();
    context
        .withBean(Jobs.class, () -> jobs)
        .withBean(
            "lifecycleProcessor",
            DefaultLifecycleProcessor.class,
            () -> {
              var processor = new DefaultLifecycleProcessor();
              processor.setTimeoutPerShutdownPhase(50);
              return processor;
            })
        .run(
            started -> {
              DeliveryGate gate = started.getBean(DeliveryGate.class);
              CompletableFuture<AppResponse> running =
                  CompletableFuture.supplyAsync(() -> gate.handle(delivery("a")), THREADS);
              jobs.inside.await();

              started.getSourceApplicationContext().close();

              assertThat(running).isNotDone();
              jobs.mayGo.countDown();
              assertThat(running.join().status()).isEqualTo(200);
            });
  }

  @Test
  void withoutASignatureNothingIsHandled() {
    context
        .withBean(Jobs.class, Jobs::new)
        .run(
            started -> {
              assertThat(started.getBean(DeliveryGate.class).handle(UNSIGNED).status())
                  .isEqualTo(401);
            });
  }

  @Test
  void anApplicationWithoutHandlersNeedsNoSecret() {
    context
        .withPropertyValues("w7s.bridge.secret=", "w7s.bridge.url=")
        .withPropertyValues("w7s.token.rpc=a.b.c", "w7s.token.queue=a.b.c")
        .withPropertyValues("w7s.token.workflow=a.b.c")
        .run(started -> assertThat(started).hasNotFailed());
  }

  @Test
  void withoutConsumersThereIsNoServletAndNoLifecycle() {
    context
        .withBean(Jobs.class, Jobs::new)
        .withPropertyValues("w7s.consumers.enabled=false")
        .run(
            started ->
                assertThat(started)
                    .doesNotHaveBean(DeliveryGate.class)
                    .doesNotHaveBean("w7sServlet")
                    .doesNotHaveBean("w7sRecordingFilter")
                    .doesNotHaveBean(ConsumerLifecycle.class));
  }

  @Test
  void anAppThatIsServedInAnotherWayIsNotMounted() {
    context
        .withBean(Jobs.class, Jobs::new)
        .withPropertyValues("w7s.consumers.path=")
        .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean("w7sServlet"));
  }

  @Test
  void theStarterAddsFewBeans() {
    new WebApplicationContextRunner()
        .run(
            bare ->
                context
                    .withBean(Jobs.class, Jobs::new)
                    .run(
                        started ->
                            assertThat(
                                    started.getBeanDefinitionCount()
                                        - bare.getBeanDefinitionCount())
                                .isBetween(1, 40)));
  }

  @Test
  void aPathThatIsNoneIsRefused() {
    context
        .withPropertyValues("w7s.consumers.path=/w7s/*")
        .run(
            started ->
                assertThat(Failures.of(started).getDescription())
                    .startsWith("Bad w7s.consumers.path"));
  }
}
