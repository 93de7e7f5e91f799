package io.w7s.sdk.emulator;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Environment;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.LimitExceededException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.retry.RetryPolicy;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets which event, and what the publisher is told. */
class EventRulesTest {

  private static final SubjectRef<String> CREATED = SubjectRef.of("orders.created", String.class);
  private static final Manifest PUBLISHES = Manifest.empty().withPublished("orders.created");

  private final World world = new World();
  private final World.Diary diary = world.new Diary();

  private W7sApp subscriber(String app, Manifest base) {
    return W7sApp.builder(AppRef.of(app))
        .manifest(base)
        .on(CREATED, "events", event -> diary.write(app + " got " + event.data()))
        .build();
  }

  private W7s shop(Manifest manifest) {
    return world.as("acme/shop", Environment.PRODUCTION, manifest);
  }

  @Test
  void eachSubscriberGetsTheEventOnce() {
    world.deploy(
        subscriber("acme/mail", Manifest.empty()), subscriber("acme/audit", Manifest.empty()));
    PublishReceipt receipt = shop(PUBLISHES).events().publish(CREATED, "o1");
    assertThat(receipt.complete()).isTrue();
    assertThat(receipt.deliveries()).hasSize(2);
    world.pass(ofSeconds(5));
    assertThat(diary.lines)
        .containsExactlyInAnyOrder("5s acme/mail got o1", "5s acme/audit got o1");
  }

  @Test
  void aSubjectThatThePublisherDoesNotDeclareIsRefused() {
    world.deploy(subscriber("acme/mail", Manifest.empty()));
    W7s shop = shop(Manifest.empty());
    assertThatThrownBy(() -> shop.events().publish(CREATED, "o1"))
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("events.publish");
    assertThat(world.time.runUntilIdle(10)).isZero();
  }

  @ParameterizedTest(name = "publisher allows: {0}, subscriber allows: {1}")
  @CsvSource({"true,true,1,1", "true,false,1,0", "false,true,0,0", "false,false,0,0"})
  void acrossOwnersBothSidesDecide(
      boolean publisherAllows, boolean subscriberAllows, int deliveries, int handled) {
    Manifest base = Manifest.empty();
    world.deploy(
        subscriber("beta/mail", subscriberAllows ? base.withQueueAllow("acme/shop") : base));
    PublishReceipt receipt =
        shop(publisherAllows ? PUBLISHES.withEventsAllow("beta") : PUBLISHES)
            .events()
            .publish(CREATED, "o1");
    assertThat(receipt.deliveries()).hasSize(deliveries);
    assertThat(receipt.complete()).isEqualTo(deliveries == handled);
    world.pass(ofSeconds(5));
    assertThat(diary.lines).hasSize(handled);
  }

  @Test
  void environmentsNeverMix() {
    world.platform.deploy(
        Deployment.of(subscriber("acme/mail", Manifest.empty())).in(Environment.of("preview")));
    assertThat(shop(PUBLISHES).events().publish(CREATED, "o1").deliveries()).isEmpty();
  }

  @Test
  void theSameIdIsTheSameEvent() {
    world.deploy(subscriber("acme/mail", Manifest.empty()));
    W7s shop = shop(PUBLISHES);
    shop.events().publish(CREATED, "o1", publish -> publish.id("e1"));
    world.deploy(subscriber("acme/audit", Manifest.empty()));
    PublishReceipt again = shop.events().publish(CREATED, "o1", publish -> publish.id("e1"));
    assertThat(again.deliveries())
        .extracting(PublishReceipt.Delivery::status)
        .containsExactly(Status.ENQUEUED, Status.SKIPPED);
    world.pass(ofSeconds(5));
    assertThat(diary.lines)
        .containsExactlyInAnyOrder("5s acme/mail got o1", "5s acme/audit got o1");
  }

  @Test
  void aRedeployWithoutASubscriptionEndsIt() {
    world.deploy(subscriber("acme/mail", Manifest.empty()));
    world.deploy(W7sApp.builder(AppRef.of("acme/mail")).build());
    assertThat(shop(PUBLISHES).events().publish(CREATED, "o1").deliveries()).isEmpty();
  }

  @Test
  void publishesAndDeliveriesAreMeteredForThePublisher() {
    world.deploy(
        subscriber("acme/mail", Manifest.empty()), subscriber("acme/audit", Manifest.empty()));
    shop(PUBLISHES).events().publish(CREATED, "o1");
    AppId shop = AppId.parse("acme/shop");
    assertThat(world.platform.usageToday(AppInstance.of(shop), Metric.EVENT_PUBLISH)).isOne();
    assertThat(world.platform.usageToday(AppInstance.of(shop), Metric.EVENT_DELIVERY)).isEqualTo(2);
    assertThat(world.platform.usageToday(AppInstance.of(shop), Metric.QUEUE_SEND)).isZero();
  }

  @Test
  void aPublishOverItsLimitIsRefusedWholeAndADeliveryOverItsLimitAlone() {
    var limited =
        new World(
            builder ->
                builder.limits(
                    Limits.none()
                        .withDaily(Metric.EVENT_PUBLISH, Metric.Scope.REPO, 1)
                        .withDaily(Metric.EVENT_DELIVERY, Metric.Scope.REPO, 1)));
    limited.deploy(
        W7sApp.builder(AppRef.of("acme/a")).on(CREATED, "events", event -> {}).build(),
        W7sApp.builder(AppRef.of("acme/b")).on(CREATED, "events", event -> {}).build());
    W7s shop = limited.as("acme/shop", Environment.PRODUCTION, PUBLISHES);
    assertThat(shop.events().publish(CREATED, "o1").failed())
        .singleElement()
        .satisfies(
            failed -> {
              assertThat(failed.app()).isEqualTo(AppId.parse("acme/b"));
              assertThat(failed.error())
                  .hasValueSatisfying(why -> assertThat(why).contains("event.delivery"));
            });
    assertThatThrownBy(
            () ->
                shop.events().publish(CREATED, "o2", publish -> publish.retry(RetryPolicy.none())))
        .isInstanceOf(LimitExceededException.class);
  }

  @Test
  void theEndpointRespondsInThePlatformsShape() {
    world.deploy(subscriber("acme/mail", Manifest.empty()));
    AppResponse answer =
        publish("acme/shop", "{\"subject\":\"orders.created\",\"data\":\"o1\",\"id\":\"e1\"}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"status\":\"success\",\"data\":{\"event\":{\"id\":\"e1\","
                + "\"subject\":\"orders.created\",\"source\":\"acme/shop\","
                + "\"time\":\"2026-05-25T12:00:00.000Z\"},\"deliveries\":[{\"repository\":"
                + "\"acme/mail\",\"queue\":\"events\",\"status\":\"enqueued\"}]}}");
    world.pass(ofSeconds(5));
    assertThat(diary.lines).containsExactly("5s acme/mail got o1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "acme/other | {\"subject\":\"orders.created\"} | 403",
        "acme/shop | {\"subject\":\"orders.*\"} | 400",
        "acme/shop | {\"data\":1} | 400",
        "acme/shop | not json | 400",
        "acme/shop/more | {\"subject\":\"orders.created\"} | 400"
      })
  void theEndpointRefusesWhatIsNoEventOfTheTokensApp(String path, String body, int status) {
    AppResponse answer = publish(path, body);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .startsWith("{\"status\":\"error\"");
  }

  private AppResponse publish(String path, String body) {
    Tokens tokens =
        world
            .platform
            .deploy(Deployment.withoutBackend(AppId.parse("acme/shop"), PUBLISHES))
            .tokens()
            .orElseThrow();
    return world
        .platform
        .controlPlane()
        .handle(
            new AppRequest(
                "POST",
                "/api/v1/events/" + path,
                "",
                Headers.of("authorization", "Bearer " + tokens.events()),
                body.getBytes(StandardCharsets.UTF_8)));
  }
}
