package io.w7s.sdk.spring.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppRoute;
import io.w7s.sdk.app.HandlerInterceptor;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.event.Event;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.schedule.ScheduledRun;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spring.EventHandler;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.RpcHandler;
import io.w7s.sdk.spring.ScheduleHandler;
import io.w7s.sdk.spring.W7sAppCustomizer;
import io.w7s.sdk.spring.WorkflowHandler;
import io.w7s.sdk.spring.autoconfigure.W7sAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sConsumerAutoConfiguration;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.Steps;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.workflow.WorkflowRun;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.annotation.AliasFor;

/** Annotated methods of beans handle what the platform delivers. */
class HandlersTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  private static final AppRef WORKER = AppRef.of("acme/worker");
  private static final SubjectRef<String> CREATED = SubjectRef.of("orders.created", String.class);
  private static final List<String> SEEN = new ArrayList<>();

  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(W7sAutoConfiguration.class, W7sConsumerAutoConfiguration.class))
          .withPropertyValues("w7s.app=acme/shop", "w7s.mode=memory");

  private interface ContextTest {
    void test(AssertableApplicationContext context, InMemoryW7s platform) throws Exception;
  }

  @BeforeEach
  void forget() {
    SEEN.clear();
  }

  private static void run(ApplicationContextRunner runner, ContextTest test) {
    InMemoryW7s platform = InMemoryW7s.create();
    try (InMemoryW7s.Scope current = platform.makeCurrent()) {
      runner.run(
          started -> {
            assertThat(started).hasNotFailed();
            platform.deploy(started.getBean(W7sApp.class));
            test.test(started, platform);
          });
    }
  }

  private static void send(InMemoryW7s platform, String queue, Object... bodies) {
    for (Object body : bodies) {
      platform.as("acme/shop").queues().send(SHOP.queue(queue, Object.class), body);
    }
    platform.runUntilIdle();
  }

  record Job(int n) {}

  static class Forms {
    @QueueHandler("bodies")
    void body(Job job) {
      SEEN.add("body " + job.n());
    }

    @QueueHandler("messages")
    @SuppressWarnings("unused") // by reflection
    private void message(QueueMessage<List<Job>> message) {
      SEEN.add("message " + message.body());
    }

    @QueueHandler("batches")
    void batch(QueueBatch<Job> batch) {
      SEEN.add("batch " + batch.messages().stream().map(QueueMessage::body).toList());
    }

    @QueueHandler("numbers")
    void number(int number) {
      SEEN.add("number " + number);
    }

    @EventHandler(subject = "orders.created", queue = "events")
    void event(Event<String> event) {
      SEEN.add("event " + event.subject() + " " + event.data());
    }

    @EventHandler(subject = "orders.paid", queue = "events")
    void data(String data) {
      SEEN.add("data " + data);
    }

    @ScheduleHandler(cron = "0 * * * *", path = "/hourly")
    void hourly() {
      SEEN.add("hourly");
    }

    @ScheduleHandler(cron = "0 0 * * *", path = "/daily")
    void daily(ScheduledRun run) {
      SEEN.add("daily " + run.scheduledTime());
    }

    @WorkflowHandler("doubling")
    int doubled(Integer payload) {
      return 2 * payload;
    }

    @WorkflowHandler("steps")
    String inSteps(WorkflowRun<String> run, Steps steps) {
      return steps.run("first", String.class, () -> run.payload() + "!");
    }

    @RpcHandler(path = "/status")
    Map<String, Integer> status() {
      return Map.of("up", 1);
    }

    @RpcHandler(method = "POST", path = "/jobs/{id}")
    RpcReply<Job> reply(RpcRequest<Job> request) {
      return RpcReply.<Job>of(201, request.body()).header("x-id", request.variable("id"));
    }

    @RpcHandler(method = "PUT", path = "/jobs", publicRoute = true)
    void nothing(Job job) {
      SEEN.add("put " + job.n());
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Log {
    @Bean
    StepLog log(TimeSource time) {
      return StepLog.inMemory(time);
    }
  }

  @Test
  void aMethodMayHaveAnyOfTheForms() {
    run(
        context.withBean(Forms.class, Forms::new).withUserConfiguration(Log.class),
        (started, platform) -> {
          W7s w7s = platform.as("acme/shop");
          send(platform, "bodies", new Job(1));
          send(platform, "messages", List.of(new Job(2)));
          send(platform, "batches", new Job(3));
          send(platform, "numbers", 4);
          assertThat(SEEN)
              .containsExactly("body 1", "message [Job[n=2]]", "batch [Job[n=3]]", "number 4");

          assertThat(w7s.rpc().call(SHOP.get("/status", new TypeRef<Map<String, Integer>>() {})))
              .containsEntry("up", 1);
          var reply =
              w7s.rpc()
                  .exchange(
                      SHOP.post("/jobs/{id}", Job.class, Job.class),
                      new Job(5),
                      call -> call.variable("id", "a"));
          assertThat(reply.status()).isEqualTo(201);
          assertThat(reply.headers().first("x-id")).hasValue("a");
          w7s.rpc().call(SHOP.put("/jobs", Job.class, Void.class), new Job(6));
          assertThat(SEEN).contains("put 6");

          assertThat(
                  w7s.workflows()
                      .start(SHOP.workflow("doubling", Integer.class, Integer.class), 21)
                      .await(Duration.ofMinutes(1)))
              .isEqualTo(42);
          assertThat(
                  w7s.workflows()
                      .start(SHOP.workflow("steps", String.class, String.class), "a")
                      .await(Duration.ofMinutes(1)))
              .isEqualTo("a!");

          SEEN.clear();
          platform.fire("acme/shop", ScheduleRef.of("0 * * * *", "/hourly"));
          platform.fire("acme/shop", ScheduleRef.of("0 0 * * *", "/daily"));
          assertThat(SEEN).hasSize(2).first().isEqualTo("hourly");

          W7sApp app = started.getBean(W7sApp.class);
          assertThat(app.routes().stream().filter(AppRoute::isPublic))
              .extracting(AppRoute::toString)
              .containsExactly("PUT /jobs");
          assertThat(app.manifest().eventsSubscribe()).hasSize(2);
        });
  }

  @Test
  void eventsArrive() {
    run(
        context.withBean(Forms.class, Forms::new).withUserConfiguration(Log.class),
        (started, platform) -> {
          platform.as("acme/orders").events().publish(CREATED, "o1");
          platform
              .as("acme/orders")
              .events()
              .publish(SubjectRef.of("orders.paid", String.class), "o2");
          platform.runUntilIdle();

          assertThat(SEEN).containsExactlyInAnyOrder("event orders.created o1", "data o2");
        });
  }

  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @QueueHandler(value = "", consumer = "/at/${where}")
  @interface Nightly {
    @AliasFor(annotation = QueueHandler.class, attribute = "value")
    String queue();
  }

  static class Composed {
    @Nightly(queue = "${queue.name}")
    void on(String body) {
      SEEN.add(body);
    }
  }

  @Test
  void anAnnotationMayBeComposedAndHavePlaceholders() {
    run(
        context
            .withBean(Composed.class, Composed::new)
            .withPropertyValues("queue.name=composed", "where=night"),
        (started, platform) -> {
          send(platform, "composed", "x");
          assertThat(SEEN).containsExactly("x");
          assertThat(started.getBean(W7sApp.class).manifest().queues().get(0).consumer())
              .isEqualTo("/at/night");
        });
  }

  interface Contract {
    @QueueHandler("of-interface")
    void on(String body);
  }

  static class Implementation implements Contract {
    @Override
    public void on(String body) {
      SEEN.add(body);
    }
  }

  abstract static class Base<T> {
    @QueueHandler("of-superclass")
    void on(QueueMessage<T> message) {
      SEEN.add(message.body().getClass().getSimpleName());
    }
  }

  static class Concrete extends Base<Job> {}

  static class HiddenHandler implements Runnable {
    @QueueHandler("hidden")
    void on(String body) {
      SEEN.add("hidden " + body);
    }

    @Override
    public void run() {}
  }

  @Configuration(proxyBeanMethods = false)
  static class Hidden {
    /** Its declared type does not show the handler. */
    @Bean
    Runnable hidden() {
      return new HiddenHandler();
    }

    @Bean
    Contract proxied() {
      return (Contract)
          Proxy.newProxyInstance(
              Contract.class.getClassLoader(),
              new Class<?>[] {Contract.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("on")) {
                  SEEN.add("proxied " + arguments[0]);
                }
                return method.getName().equals("hashCode") ? 1 : null;
              });
    }
  }

  @Test
  void aMethodOfAnInterfaceOrASuperclassIsFound() {
    run(
        context
            .withBean(Implementation.class, Implementation::new)
            .withBean(Concrete.class, Concrete::new),
        (started, platform) -> {
          send(platform, "of-interface", "x");
          send(platform, "of-superclass", new Job(1));
          assertThat(SEEN).containsExactly("x", "Job");
        });
  }

  @Test
  void aBeanIsFoundByWhatItIsNotByItsDeclaredType() {
    run(
        context.withUserConfiguration(Hidden.class),
        (started, platform) -> {
          send(platform, "hidden", "x");
          send(platform, "of-interface", "y");
          assertThat(SEEN).containsExactly("hidden x", "proxied y");
        });
  }

  static class Advised {
    @QueueHandler("advised")
    public void on(String body) {
      SEEN.add(body);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Proxies {
    private static final MethodInterceptor ADVICE =
        call -> {
          SEEN.add("before");
          return call.proceed();
        };

    @Bean
    Advised ofClass() {
      var factory = new ProxyFactory(new Advised());
      factory.setProxyTargetClass(true);
      factory.addAdvice(ADVICE);
      return (Advised) factory.getProxy();
    }

    @Bean
    Contract ofInterface() {
      var factory = new ProxyFactory(new Implementation());
      factory.addAdvice(ADVICE);
      return (Contract) factory.getProxy();
    }

    @Bean
    @Scope("prototype")
    Counting counting() {
      return new Counting();
    }
  }

  static class Counting {
    private int calls;

    @QueueHandler("prototype")
    void on(String body) {
      calls++;
      SEEN.add("call " + calls);
    }
  }

  @Test
  void theAdviceOfAProxyRuns() {
    run(
        context.withUserConfiguration(Proxies.class),
        (started, platform) -> {
          send(platform, "advised", "x");
          send(platform, "of-interface", "y");
          assertThat(SEEN).containsExactly("before", "x", "before", "y");
        });
  }

  @Test
  void aScopeDecidesWhichBeanHandles() {
    run(
        context.withUserConfiguration(Proxies.class),
        (started, platform) -> {
          send(platform, "prototype", "x", "y");
          assertThat(SEEN).containsExactly("call 1", "call 1");
        });
  }

  @Test
  void theCodeOfTheApplicationAddsToTheApp() {
    ProcessedMessages processed = ProcessedMessages.inMemory();
    W7sAppCustomizer customizer =
        app ->
            app.on(SHOP.queue("in-code", String.class), message -> SEEN.add(message.body()))
                .publishes(CREATED)
                .consumption(each -> each.once(processed));
    HandlerInterceptor interceptor =
        handler -> {
          SEEN.add("intercepted");
          handler.proceed();
        };
    run(
        context
            .withBean(W7sAppCustomizer.class, () -> customizer)
            .withBean(HandlerInterceptor.class, () -> interceptor),
        (started, platform) -> {
          send(platform, "in-code", "x");
          assertThat(SEEN).containsExactly("intercepted", "x");
          assertThat(started.getBean(W7sApp.class).manifest().eventsPublish())
              .containsExactly("orders.created");
        });
  }

  static class Jobs {
    @QueueHandler("jobs")
    void run(String job) {}
  }

  @Test
  void theAppHasWhatTheManifestAloneSays() {
    run(
        context
            .withBean(Jobs.class, Jobs::new)
            .withPropertyValues("w7s.manifest=classpath:manifests/jobs.json"),
        (started, platform) ->
            assertThat(started.getBean(W7sApp.class).manifest().rpcAllow())
                .containsExactly("other"));
  }

  @Test
  void withoutConsumersNothingIsRegisteredAndSendingWorks() {
    InMemoryW7s platform = InMemoryW7s.create();
    try (InMemoryW7s.Scope current = platform.makeCurrent()) {
      context
          .withBean(Jobs.class, Jobs::new)
          .withPropertyValues("w7s.consumers.enabled=false")
          .run(
              started -> {
                assertThat(started).doesNotHaveBean(W7sApp.class);
                QueueRef<String> jobs = WORKER.queue("jobs", String.class);
                platform.deploy(W7sApp.builder(WORKER).on(jobs, message -> {}).build());
                platform.as("acme/shop");
                started.getBean(QueueClient.class).send(jobs, "x");
                assertThat(platform.waiting(jobs)).containsExactly("x");
              });
    }
  }

  @Test
  void anAppOfTheApplicationTakesThePlace() {
    W7sApp own = W7sApp.builder(SHOP).build();
    run(
        context.withBean(Jobs.class, Jobs::new).withBean(W7sApp.class, () -> own),
        (started, platform) -> assertThat(started.getBean(W7sApp.class)).isSameAs(own));
  }
}
