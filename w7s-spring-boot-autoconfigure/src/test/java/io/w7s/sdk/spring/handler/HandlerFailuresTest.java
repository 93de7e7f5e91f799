package io.w7s.sdk.spring.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.event.Event;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spring.EventHandler;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.RpcHandler;
import io.w7s.sdk.spring.ScheduleHandler;
import io.w7s.sdk.spring.WorkflowHandler;
import io.w7s.sdk.spring.autoconfigure.Failures;
import io.w7s.sdk.spring.autoconfigure.W7sAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sConsumerAutoConfiguration;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.testing.InMemoryW7s;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/** What Spring Boot prints when a handler cannot be used, instead of starting without it. */
class HandlerFailuresTest {

  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(W7sAutoConfiguration.class, W7sConsumerAutoConfiguration.class))
          .withPropertyValues("w7s.app=acme/shop", "w7s.mode=memory");

  private static FailureAnalysis failure(ApplicationContextRunner runner) {
    var found = new FailureAnalysis[1];
    try (InMemoryW7s.Scope current = InMemoryW7s.create().makeCurrent()) {
      runner.run(started -> found[0] = Failures.of(started));
    }
    return found[0];
  }

  private FailureAnalysis failureOf(Object bean) {
    return failure(context.withBean("jobs", Object.class, (Supplier<Object>) () -> bean));
  }

  static class OfAnotherKind {
    @QueueHandler("jobs")
    void run(Event<String> event) {}
  }

  static class Returning {
    @QueueHandler("jobs")
    String run(String job) {
      return job;
    }
  }

  @SuppressWarnings("rawtypes") // what is refused
  static class Raw {
    @QueueHandler("jobs")
    void run(QueueMessage message) {}
  }

  static class Two {
    @QueueHandler("jobs")
    void run(String job, int more) {}
  }

  @Test
  void aQueueHandlerOfAnotherFormIsShownItsForms() {
    FailureAnalysis failure = failureOf(new OfAnotherKind());

    assertThat(failure.getDescription())
        .isEqualTo(
            "@QueueHandler "
                + OfAnotherKind.class.getName()
                + ".run of the bean 'jobs' cannot be used: it has a parameter of type Event.");
    assertThat(failure.getAction())
        .isEqualTo(
            """
            Write it in one of these forms:

                void run(T body)
                void run(QueueMessage<T> message)
                void run(QueueBatch<T> batch)""");
    assertThat(failureOf(new Returning()).getDescription())
        .endsWith("what it returns would be lost.");
    assertThat(failureOf(new Raw()).getDescription())
        .endsWith("QueueMessage does not say of what.");
    assertThat(failureOf(new Two()).getDescription()).endsWith("it has 2 parameters.");
  }

  static class EventOfAnotherKind {
    @EventHandler(subject = "a.b", queue = "events")
    void on(QueueMessage<String> message) {}
  }

  static class ScheduleOfAnotherKind {
    @ScheduleHandler(cron = "* * * * *", path = "/a")
    void run(String text) {}
  }

  static class Later {
    @RpcHandler(path = "/a")
    CompletableFuture<String> get() {
      return new CompletableFuture<>();
    }
  }

  static class Reactive {
    @WorkflowHandler("w")
    Mono<String> run(String payload) {
      return Mono.empty();
    }
  }

  @Test
  void handlersOfOtherKindsAreShownTheirForms() {
    assertThat(failureOf(new EventOfAnotherKind()).getAction()).contains("void on(Event<T> event)");
    assertThat(failureOf(new ScheduleOfAnotherKind()).getAction())
        .contains("void run(ScheduledRun run)");
    assertThat(failureOf(new Later()).getDescription())
        .endsWith("it returns before it is done, and the platform would not wait.");
    assertThat(failureOf(new Reactive()).getDescription()).contains("returns before it is done");
  }

  static class BadName {
    @QueueHandler("a b")
    void run(String job) {}
  }

  @Test
  void aNameThatThePlatformRefusesIsShown() {
    assertThat(failureOf(new BadName()).getDescription()).contains("run", "queue name", "a b");
  }

  static class Twice {
    @QueueHandler("jobs")
    void one(String job) {}

    @QueueHandler("JOBS")
    void other(String job) {}
  }

  static class QueueAndEvents {
    @QueueHandler("jobs")
    void messages(String job) {}

    @EventHandler(subject = "a.b", queue = "jobs")
    void events(String data) {}
  }

  @Test
  void twoHandlersOfOnePathAreBothNamed() {
    FailureAnalysis failure = failureOf(new Twice());

    assertThat(failure.getDescription())
        .startsWith("POST /_w7s/queues/jobs has two handlers:")
        .contains(".one of the bean", ".other of the bean");
    assertThat(failureOf(new QueueAndEvents()).getDescription())
        .startsWith("POST /_w7s/queues/jobs has two handlers:")
        .contains(".messages of the bean", ".events of the bean");
  }

  static class Fine {
    @QueueHandler("jobs")
    void run(String job) {}
  }

  static class More {
    @QueueHandler("jobs")
    void run(String job) {}

    @EventHandler(subject = "orders.created", queue = "events")
    void on(String order) {}

    @ScheduleHandler(cron = "0 3 * * *", path = "/nightly")
    void nightly() {}

    @WorkflowHandler("checkout")
    void checkout(String cart) {}
  }

  @Test
  void aHandlerThatTheManifestLacksGetsTheLinesToAdd() {
    FailureAnalysis failure =
        failure(
            context
                .withBean(More.class, More::new)
                .withPropertyValues("w7s.manifest=classpath:manifests/jobs.json"));

    assertThat(failure.getDescription())
        .isEqualTo(
            "classpath:manifests/jobs.json does not declare what the app acme/shop does, so the"
                + " platform would not do its part.");
    assertThat(failure.getAction())
        .isEqualTo(
            """
            Add to it:

                in queues:  { "name": "events", "consumer": "/_w7s/queues/events" }
                in schedules:  { "cron": "0 3 * * *", "path": "/nightly" }
                in workflows:  { "name": "checkout", "path": "/_w7s/workflows/checkout" }
                in events.subscribe:  { "subject": "orders.created", "queue": "events" }""");
  }

  static class None {
    @RpcHandler(path = "/a")
    void get() {}
  }

  @Test
  void aQueueOfTheManifestWithoutAHandlerGetsTheAnnotation() {
    FailureAnalysis failure =
        failure(
            context
                .withBean(None.class, None::new)
                .withPropertyValues("w7s.manifest=classpath:manifests/jobs.json"));

    assertThat(failure.getDescription())
        .isEqualTo(
            "classpath:manifests/jobs.json declares the queue jobs, and no handler handles it.");
    assertThat(failure.getAction()).contains("\n    @QueueHandler(\"jobs\")\n");
  }

  @Test
  void aManifestThatIsNotThereIsNamed() {
    assertThat(
            failure(context.withPropertyValues("w7s.manifest=classpath:none.json"))
                .getDescription())
        .isEqualTo(
            "No manifest at classpath:none.json: set w7s.manifest to where the w7s.json is.");
  }

  static class InSteps {
    @WorkflowHandler("w")
    void run(String payload, Steps steps) {}
  }

  @Test
  void stepsWithoutALogAreRefused() {
    assertThat(failureOf(new InSteps()).getDescription()).contains("log of the workflow");
  }

  @Test
  void handlersThatNothingCanReachFailTheStart() {
    FailureAnalysis failure =
        failure(
            context
                .withBean(Fine.class, Fine::new)
                .withPropertyValues("w7s.mode=hosted", "w7s.bridge.url=https://a.example")
                .withPropertyValues("w7s.bridge.secret=" + SigningSecrets.generate()));

    assertThat(failure.getDescription())
        .isEqualTo(
            "acme/shop has handlers, and nothing can reach them: the application has no web"
                + " server.");
    assertThat(failure.getAction()).contains("spring-boot-starter-webmvc", "w7s.consumers.enabled");
  }

  interface Plain {
    void other();
  }

  static class NotInInterface implements Plain {
    @QueueHandler("jobs")
    void run(String job) {}

    @Override
    public void other() {}
  }

  @Configuration(proxyBeanMethods = false)
  static class ProxyWithoutTheMethod {
    @Bean
    Plain plain() {
      return (Plain) new ProxyFactory(new NotInInterface()).getProxy();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class AskedForEarly {
    @Bean
    String first(io.w7s.sdk.app.W7sApp app) {
      return app.toString();
    }

    @Bean
    Plain plain() {
      return new NotInInterface();
    }
  }

  @Test
  void aHandlerThatAnAppOfTooEarlyLacksIsNamed() {
    FailureAnalysis failure = failure(context.withUserConfiguration(AskedForEarly.class));

    assertThat(failure.getDescription())
        .contains("run of the bean 'plain' was not found when the app was built");
    assertThat(failure.getAction()).contains("@Bean method of 'plain'");
  }

  @Test
  void aProxyThatHidesAHandlerIsRefused() {
    FailureAnalysis failure = failure(context.withUserConfiguration(ProxyWithoutTheMethod.class));

    assertThat(failure.getDescription()).contains("run of the bean 'plain' cannot be called");
  }
}
