package io.w7s.sdk.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.schedule.ScheduleRef;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.step.StepsHandler;
import io.w7s.sdk.workflow.WorkflowHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an app refuses when it is declared and when it is called; its routes; its manifest. */
class W7sAppTest extends AppRequests {

  @Test
  void respondsWith404ToAnUnknownPathAndWith405ToAWrongMethod() {
    W7sApp app =
        W7sApp.builder(AppRef.of("acme/shop"))
            .on(AppRef.of("acme/shop").get("/orders", Void.class), request -> null)
            .on(AppRef.of("acme/shop").delete("/orders", Void.class), request -> null)
            .build();

    assertThat(post(app, "/nowhere", "").status()).isEqualTo(404);
    AppResponse wrong = post(app, "/orders", "");
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.headers().first("allow")).contains("DELETE, GET");
  }

  @Test
  void refusesABodyOverTheLimit() {
    var seen = new ArrayList<QueueMessage<Job>>();
    W7sApp app = worker().maxBodyBytes(10).on(JOBS, seen::add).build();

    AppResponse response = post(app, "/_w7s/queues/jobs", " ".repeat(11));

    assertThat(response.status()).isEqualTo(413);
    assertThat(text(response)).contains("11 bytes; at most 10 are allowed");
    assertThat(seen).isEmpty();
  }

  @Test
  void refusalsDoNotLookLikeThePlatformsOwn() {
    W7sApp app = worker().build();

    assertThat(text(post(app, "/nowhere", ""))).startsWith("{\"ok\":false,\"error\":");
  }

  @Test
  void refusesTwoHandlersOnOnePath() {
    W7sApp.Builder builder =
        worker()
            .on(JOBS, message -> {})
            .on(CREATED, "events", event -> {})
            .on(WORKER_APP.get("/orders/{id}", Void.class), request -> null);

    assertThatThrownBy(() -> builder.onBatch(JOBS, batch -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("POST /_w7s/queues/jobs");
    assertThatThrownBy(() -> builder.on(WORKER_APP.queue("events", Job.class), message -> {}))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> builder.on(CREATED, "events", event -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("orders.created on queue events twice");
    assertThatThrownBy(
            () -> builder.on(WORKER_APP.get("/_w7s/queues/jobs", Void.class), request -> null))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(
            () -> builder.on(WORKER_APP.get("/orders/latest", Void.class), request -> null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("overlaps /orders/{id}")
        .hasMessageContaining("another number of segments")
        .hasMessageEndingWith("or write it as /orders/{id}");
    assertThatThrownBy(
            () -> builder.on(WORKER_APP.delete("/orders/{order}", Void.class), request -> null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("whatever its method");
    assertThatThrownBy(
            () -> builder.on(ScheduleRef.of("* * * * *", "/_w7s/queues/jobs"), run -> {}))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void refusesAManifestThatWouldReplaceWhatWasDeclared() {
    Manifest manifest = Manifest.parse("{\"rpc\":{\"allow\":[\"tools\"]}}");

    for (W7sApp.Builder declared :
        List.of(
            worker().publishes(PAID),
            worker().manifest(manifest),
            worker().on(JOBS, message -> {}))) {
      assertThatThrownBy(() -> declared.manifest(manifest))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll("manifest", "once, and first");
    }
  }

  @Test
  void refusesSettingsOfWhatTheAppDoesNotHave() {
    assertThatThrownBy(() -> worker().schedulesOnce(ProcessedMessages.inMemory()).build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("schedulesOnce");
    assertThatThrownBy(() -> worker().steps(StepLog.inMemory(TimeSource.system())).build())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("durable");
  }

  @Test
  void refusesAHandlerForAnotherAppsQueue() {
    assertThatThrownBy(
            () ->
                W7sApp.builder(AppRef.of("acme/shop"))
                    .on(WORKER_APP.queue("jobs", Job.class), message -> {}))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("acme/worker/jobs");
  }

  @Test
  void refusesNullAtOnceAndNotAtTheFirstDelivery() {
    W7sApp.Builder builder = W7sApp.builder(WORKER_APP);
    var jobs = WORKER_APP.queue("jobs", Job.class);
    var created = SubjectRef.of("orders.created", Job.class);
    var build = WORKER_APP.workflow("build", Job.class, Job.class);
    var health = WORKER_APP.get("/health", Job.class);

    refusesNull(() -> builder.on(jobs, null), "handler");
    refusesNull(() -> builder.onBatch(jobs, null), "handler");
    refusesNull(() -> builder.on(created, "events", null), "handler");
    refusesNull(() -> builder.onUnhandled("events", null), "handler");
    refusesNull(() -> builder.on(ScheduleRef.of("* * * * *", "/tick"), null), "handler");
    refusesNull(() -> builder.on(build, (WorkflowHandler<Job, Job>) null), "handler");
    refusesNull(() -> builder.on(build, (StepsHandler<Job, Job>) null), "handler");
    refusesNull(() -> builder.steps(null), "log");
    refusesNull(() -> builder.on(health, null), "handler");
    refusesNull(() -> builder.onReply(health, null), "handler");
    refusesNull(() -> builder.intercept(null), "interceptor");
    refusesNull(() -> builder.manifest(null), "manifest");
    refusesNull(() -> builder.codec(null), "codec");
    assertThat(builder.build().routes()).isEmpty();
    assertThat(builder.build().manifest()).isEqualTo(Manifest.empty());
  }

  private static void refusesNull(ThrowingCallable call, String what) {
    assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(what);
  }

  @Test
  void doesNotChangeWhenItsBuilderIsUsedFurther() {
    W7sApp.Builder builder = worker().on(CREATED, "events", event -> {});
    W7sApp app = builder.build();

    builder.on(PAID, "events", event -> {}).on(JOBS, message -> {});

    assertThat(post(app, "/_w7s/queues/jobs", delivery()).status()).isEqualTo(404);
    assertThat(
            post(
                    app,
                    "/_w7s/queues/events",
                    delivery(message("m1", 1, event("orders.paid", "{\"orderId\":\"o\"}"))))
                .status())
        .isEqualTo(500);
    assertThat(app.manifest().eventsSubscribe()).hasSize(1);
  }

  private static W7sApp everything() {
    return worker()
        .manifest(
            Manifest.parse("{\"bindings\":{\"kv\":[\"STATE\"]},\"rpc\":{\"allow\":[\"tools\"]}}"))
        .publishes(PAID)
        .on(JOBS.consumer("/internal/jobs"), message -> {})
        .on(CREATED, "events", event -> {})
        .on(SYNC, run -> {})
        .on(CHECKOUT, run -> new Total(1))
        .build();
  }

  @Test
  void listsItsRoutesInTheOrderOfDeclaration() {
    W7sApp app =
        worker()
            .on(TOTAL, request -> new Total(1))
            .on(JOBS.consumer("/internal/jobs"), message -> {})
            .on(CREATED, "events", event -> {})
            .on(PAID, "events", event -> {})
            .on(SYNC, run -> {})
            .on(CHECKOUT, run -> new Total(1))
            .on(WORKER_APP.get("/health", Total.class), request -> new Total(1))
            .build();

    assertThat(app.routes())
        .extracting(AppRoute::kind, AppRoute::method, AppRoute::path, AppRoute::name)
        .containsExactly(
            tuple(HandlerKind.RPC, "POST", "/totals/{currency}", "POST /totals/{currency}"),
            tuple(HandlerKind.QUEUE, "POST", "/internal/jobs", "jobs"),
            tuple(HandlerKind.EVENT, "POST", "/_w7s/queues/events", "events"),
            tuple(HandlerKind.SCHEDULE, "POST", "/_w7s/schedules/sync", "/_w7s/schedules/sync"),
            tuple(HandlerKind.WORKFLOW, "POST", "/_w7s/workflows/checkout", "checkout"),
            tuple(HandlerKind.RPC, "GET", "/health", "GET /health"));
    assertThat(app.routes().get(0)).hasToString("POST /totals/{currency}");
  }

  @Test
  void listsTheRoutesItHadWhenItWasBuilt() {
    W7sApp.Builder builder = worker().on(JOBS, message -> {});
    W7sApp app = builder.build();

    builder.on(SYNC, run -> {});

    assertThat(app.routes()).hasSize(1);
    assertThat(builder.build().routes().get(0)).isEqualTo(app.routes().get(0));
    assertThatThrownBy(() -> app.routes().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void derivesTheManifestFromTheHandlers() {
    Manifest manifest = everything().manifest();

    assertThat(manifest.queues())
        .containsExactly(
            new Manifest.Queue("jobs", "/internal/jobs"),
            new Manifest.Queue("events", "/_w7s/queues/events"));
    assertThat(manifest.eventsSubscribe())
        .containsExactly(new Manifest.Subscription("orders.created", "events"));
    assertThat(manifest.eventsPublish()).containsExactly("orders.paid");
    assertThat(manifest.schedules()).hasSize(1);
    assertThat(manifest.workflows())
        .containsExactly(new Manifest.Workflow("checkout", "/_w7s/workflows/checkout"));
    assertThat(manifest.rpcAllow()).containsExactly("tools");
  }

  @Test
  void acceptsACheckedInManifestThatDeclaresWhatIsHandled(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("w7s.json");
    Files.writeString(file, everything().manifest().toJson());

    assertThatCode(() -> everything().verifyManifest(file)).doesNotThrowAnyException();
  }

  @Test
  void refusesACheckedInManifestWithEveryDifferenceInALine(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("w7s.json");
    Files.writeString(
        file,
        "{\"queues\":[{\"name\":\"jobs\",\"consumer\":\"/other\"}],\"rpc\":{\"allow\":[\"tools\"]}}");

    var refused =
        catchThrowableOfType(ConfigurationException.class, () -> everything().verifyManifest(file));

    assertThat(refused.getMessage().lines())
        .first()
        .isEqualTo(
            file
                + " does not declare what the handlers of acme/worker handle. Write"
                + " manifest().toJson() of the app to it, or change the handlers:");
    assertThat(refused.getMessage().lines().skip(1))
        .anySatisfy(
            line -> assertThat(line).contains("jobs").contains("/internal/jobs").contains("/other"))
        .anySatisfy(line -> assertThat(line).contains("checkout"))
        .anySatisfy(line -> assertThat(line).contains("STATE"))
        .anySatisfy(line -> assertThat(line).contains("$.events.subscribe[orders.created]"))
        .anySatisfy(line -> assertThat(line).contains("$.events.publish[orders.paid]"));
  }

  @Test
  void keepsItsStepSettingsWhenItsBuilderGoesOn() {
    StepLog log = StepLog.inMemory(TimeSource.system());
    AppRef shop = AppRef.of("acme/shop");
    W7sApp.Builder builder =
        W7sApp.builder(shop)
            .steps(log, settings -> settings.lease(Duration.ofSeconds(5)))
            .on(shop.workflow("count", String.class, String.class), (run, steps) -> "done");
    W7sApp app = builder.build();

    builder.steps(log, settings -> settings.lease(Duration.ofHours(1)));

    assertThat(app.context().durableRuns().settings().lease()).isEqualTo(Duration.ofSeconds(5));
  }
}
