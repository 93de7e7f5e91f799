package io.w7s.sdk.micrometer;

import static io.w7s.sdk.micrometer.Shop.CHECKOUT;
import static io.w7s.sdk.micrometer.Shop.CREATED;
import static io.w7s.sdk.micrometer.Shop.JOBS;
import static io.w7s.sdk.micrometer.Shop.NIGHTLY;
import static io.w7s.sdk.micrometer.Shop.ORDER;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.HandlerInterceptor;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.consumption.Retry;
import io.w7s.sdk.emulator.app.DeliveryResult.Status;
import io.w7s.sdk.testing.InMemoryW7s;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is observed of a handler. */
class ProcessObservationTest {

  private final InMemoryW7s platform = InMemoryW7s.create();
  private final Observed observed = new Observed();
  private final TestObservationRegistry registry = observed.registry();
  private final W7s shop = platform.as("acme/shop");
  private final List<Object> handled = new ArrayList<>();

  private W7sApp.Builder worker() {
    return W7sApp.builder(Shop.WORKER).intercept(W7sObservations.of(registry));
  }

  private static Map<String, String> keys(String kind, String handler, String outcome) {
    return Map.of("w7s.kind", kind, "w7s.handler", handler, "w7s.outcome", outcome);
  }

  @Test
  void handlersOfAllKindsAreObserved() {
    platform.deploy(
        worker()
            .on(JOBS, message -> {})
            .on(CREATED, "events", event -> {})
            .on(CHECKOUT, run -> "done")
            .on(NIGHTLY, run -> {})
            .on(ORDER, request -> request.body())
            .build());
    shop.queues().send(JOBS, "x");
    platform.runUntilIdle();
    shop.events().publish(CREATED, "x");
    platform.runUntilIdle();
    shop.workflows().start(CHECKOUT, "x");
    platform.runUntilIdle();
    platform.fire("acme/worker", NIGHTLY);
    shop.rpc().call(ORDER, "x", call -> call.variable("orderId", "42"));

    assertThat(observed.keys())
        .containsExactly(
            keys("queue", "jobs", "handled"),
            keys("event", "events", "handled"),
            keys("workflow", "checkout", "handled"),
            keys("schedule", "/nightly", "handled"),
            keys("rpc", "POST /orders/{orderId}", "handled"));
    assertThat(observed.ended())
        .allSatisfy(each -> assertThat(each.getName()).isEqualTo("w7s.process"));
    assertThat(Observed.high(observed.ended().get(0)))
        .containsKeys("w7s.message.id", "w7s.attempt");
    assertThat(Observed.high(observed.ended().get(1)))
        .containsEntry("w7s.subject", "order.created");
    assertThat(Observed.high(observed.ended().get(2))).containsKey("w7s.instance");
    assertThat(Observed.high(observed.ended().get(4))).isEmpty();
  }

  @Test
  void aSubjectFromOutsideIsNoKeyOfMetrics() {
    W7sApp app = worker().onUnhandled("events", event -> handled.add(event.subject())).build();
    deliver(
        app,
        "/_w7s/queues/events",
        """
        {"id":"e1","subject":"from.outside","source":"acme/shop","time":"2026-05-24T21:58:00Z",\
        "data":"x"}\
        """);

    assertThat(handled).containsExactly("from.outside");
    assertThat(observed.keys()).containsExactly(keys("event", "events", "handled"));
    assertThat(Observed.high(observed.onlyEnded())).containsEntry("w7s.subject", "from.outside");
    assertThat(observed.onlyEnded().getContextualName()).isEqualTo("event events");
  }

  @Test
  void theHandlerGetsTheSameMessageWithAndWithout() {
    var seen = new ArrayList<Object>();
    HandlerInterceptor look =
        handler -> {
          seen.add(handler.input());
          handler.proceed();
        };
    platform.deploy(
        W7sApp.builder(Shop.WORKER)
            .intercept(look)
            .intercept(W7sObservations.of(registry))
            .intercept(look)
            .on(JOBS, handled::add)
            .build());
    shop.queues().send(JOBS, "x");
    platform.runUntilIdle();

    assertThat(seen).hasSize(2);
    assertThat(handled.get(0)).isSameAs(seen.get(0)).isSameAs(seen.get(1));
    assertThat(observed.ended()).hasSize(1);
  }

  @Test
  void theObservationIsCurrentWhileTheHandlerRuns() {
    W7s worker = platform.connect("acme/worker").intercept(W7sObservations.of(registry)).build();
    platform.deploy(
        worker()
            .publishes(CREATED)
            .on(
                JOBS,
                message -> {
                  handled.add(registry.getCurrentObservation().getContextView());
                  worker.events().publish(CREATED, "x");
                })
            .build());
    shop.queues().send(JOBS, "x");
    platform.runUntilIdle();

    Observation.Context call = observed.ended().get(0);
    Observation.Context handler = observed.ended().get(1);
    assertThat(handled).containsExactly(handler);
    assertThat(call.getParentObservation().getContextView()).isSameAs(handler);
    assertThat(registry.getCurrentObservation()).isNull();
  }

  @Test
  void aFailureIsTheErrorOfTheObservation() {
    var failure = new IllegalStateException("broken");
    platform.deploy(
        worker()
            .on(
                JOBS,
                message -> {
                  throw failure;
                })
            .build());
    platform.deliver(JOBS, "x");

    assertThat(observed.keys()).containsExactly(keys("queue", "jobs", "failed"));
    assertThat(observed.onlyEnded().getError()).isSameAs(failure);
    assertThat(registry.getCurrentObservation()).isNull();
  }

  @Test
  void aRejectedAndARetriedMessageShowIt() {
    platform.deploy(
        worker()
            .consumption(
                each ->
                    each.once(ProcessedMessages.inMemory())
                        .park(ParkedMessages.inMemory())
                        .retry(platform.as("acme/worker").queues()))
            .on(
                JOBS,
                message -> {
                  throw message.body().equals("reject")
                      ? Reject.permanently("no")
                      : Retry.after(Duration.ofDays(2));
                })
            .build());
    platform.deliver(JOBS, "reject", "retry");

    assertThat(observed.keys())
        .containsExactly(keys("queue", "jobs", "rejected"), keys("queue", "jobs", "retried"));
    assertThat(observed.ended().get(0).getError()).isInstanceOf(Reject.class);
    assertThat(observed.ended().get(1).getError()).as("a wish is no error").isNull();
  }

  private static void deliver(W7sApp app, String path, String... bodies) {
    var messages = new ArrayList<String>();
    for (String body : bodies) {
      messages.add(
          """
          {"id":"m%d","attempts":1,"timestamp":"2026-05-24T22:00:00.000Z",\
          "enqueuedAt":"2026-05-24T21:59:00.000Z","caller":{"orgSlug":"acme","repoSlug":"shop",\
          "repository":"acme/shop","environment":"production"},"body":%s}\
          """
              .formatted(messages.size(), body));
    }
    String batch =
        """
        {"queue":"jobs","queueName":"w7s-production-acme-worker-queue-jobs","messages":%s}\
        """
            .formatted(messages);
    app.handle(
        new AppRequest("POST", path, "", Headers.none(), batch.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aMessageThatCannotBeReadIsObserved() {
    W7sApp app = worker().on(JOBS, handled::add).build();
    deliver(app, "/_w7s/queues/jobs", "{\"not\":\"text\"}", "\"text\"");

    assertThat(observed.keys())
        .containsExactlyInAnyOrder(
            keys("queue", "jobs", "unreadable"), keys("queue", "jobs", "handled"));
    assertThat(handled).hasSize(1);
  }

  @Test
  void aBatchIsOneObservation() {
    platform.deploy(worker().onBatch(JOBS, handled::add).build());
    platform.deliver(JOBS, "a", "b", "c");

    assertThat(observed.keys()).containsExactly(keys("queue", "jobs", "handled"));
    assertThat(Observed.high(observed.onlyEnded())).isEqualTo(Map.of("w7s.batch.size", "3"));
  }

  @Test
  void aBatchWithAFailedMessageShowsIt() {
    var reason = new IllegalStateException("b is broken");
    platform.deploy(
        worker().onBatch(JOBS, batch -> batch.fail(batch.messages().get(1), reason)).build());
    platform.deliver(JOBS, "a", "b", "c");

    assertThat(observed.keys()).containsExactly(keys("queue", "jobs", "partly_failed"));
    assertThat(observed.onlyEnded().getError()).isSameAs(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "scope opened", "scope closed", "error", "stop"})
  void aFailingObservationHandlerDoesNotChangeWhatIsHandled(String moment) {
    ObservationRegistry broken = observed.registry(Observed.failingAt(moment));
    platform.deploy(
        W7sApp.builder(Shop.WORKER)
            .intercept(W7sObservations.of(broken))
            .on(
                JOBS,
                message -> {
                  handled.add(message.body());
                  if (message.body().equals("bad")) {
                    throw new IllegalStateException("the handler's own");
                  }
                })
            .build());

    assertThat(platform.deliver(JOBS, "good").status()).isEqualTo(Status.DONE);
    assertThat(platform.deliver(JOBS, "bad").details()).contains("the handler's own");
    assertThat(handled).containsExactly("good", "bad");
    assertThat(broken.getCurrentObservation()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "scope opened"})
  void whatAnotherHandlerHasBegunEndsAlsoWhenTheNextOneFails(String moment) {
    ObservationRegistry broken = observed.registryWith(Observed.failingAt(moment));
    platform.deploy(
        W7sApp.builder(Shop.WORKER)
            .intercept(W7sObservations.of(broken))
            .on(JOBS, message -> handled.add(broken.getCurrentObservation()))
            .build());

    assertThat(platform.deliver(JOBS, "x").status()).isEqualTo(Status.DONE);
    assertThat(handled).hasSize(1).doesNotContainNull();
    assertThat(observed.onlyEnded().getName()).isEqualTo("w7s.process");
    assertThat(observed.openScopes()).isZero();
    assertThat(broken.getCurrentObservation()).isNull();
  }

  @Test
  void anObservationEndsAlsoWhenItsErrorCannotBeTold() {
    platform.deploy(
        W7sApp.builder(Shop.WORKER)
            .intercept(W7sObservations.of(observed.registry(Observed.failingAt("error"))))
            .on(
                JOBS,
                message -> {
                  throw new IllegalStateException("the handler's own");
                })
            .build());

    assertThat(platform.deliver(JOBS, "bad").details()).contains("the handler's own");
    assertThat(observed.onlyEnded().getName()).isEqualTo("w7s.process");
  }

  @Test
  void theConventionOfTheBuilderIsTaken() {
    var convention =
        new DefaultProcessConvention() {
          @Override
          public KeyValues getLowCardinalityKeyValues(ProcessContext context) {
            return super.getLowCardinalityKeyValues(context)
                .and("app", context.handler().app().toString());
          }
        };
    platform.deploy(
        W7sApp.builder(Shop.WORKER)
            .intercept(W7sObservations.builder(registry).processConvention(convention).build())
            .on(JOBS, message -> {})
            .build());
    platform.deliver(JOBS, "x");

    TestObservationRegistryAssert.assertThat(registry)
        .hasSingleObservationThat()
        .hasNameEqualTo("w7s.process")
        .hasContextualNameEqualTo("queue jobs")
        .hasLowCardinalityKeyValue("app", "acme/worker")
        .hasBeenStarted()
        .hasBeenStopped();
  }

  @Test
  void withoutHandlersNothingIsObserved() {
    ObservationRegistry empty = ObservationRegistry.create();
    platform.deploy(
        W7sApp.builder(Shop.WORKER)
            .intercept(W7sObservations.of(empty))
            .on(JOBS, message -> handled.add(empty.getCurrentObservation()))
            .build());
    platform.deliver(JOBS, "x");

    assertThat(handled).containsOnlyNulls().hasSize(1);
  }
}
