package io.w7s.sdk.testing.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.error.CallException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.events.DeliveredEvents;
import io.w7s.sdk.events.EventRegistry;
import io.w7s.sdk.events.EventRouter;
import io.w7s.sdk.events.EventRouterApp;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcResponse;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events: their delivery to all subscribers, and the receipt of the publisher. */
public abstract class EventContract extends ContractTests {

  private static final AppId ROUTER = AppId.parse("acme/router");
  private static final RpcRef<Posted, Object> PUBLISH =
      AppRef.of("acme/router").post("/publish", Posted.class, Object.class);

  /**
   * Creates the tests.
   *
   * @param fixtures opens a fixture for each test, in which these limits apply
   */
  protected EventContract(Function<Limits, TransportFixture> fixtures) {
    super(fixtures);
  }

  /** The body of a publish request to a router app. */
  record Posted(String id, String subject, Text data) {}

  @ParameterizedTest
  @EnumSource
  void anEventIsDeliveredToItsSubscriber(CallStyle style) {
    deploy(worker().build());

    PublishReceipt receipt = publish(style, shop(), "a");
    fixture().settle();

    assertThat(receipt.subject()).isEqualTo("orders.created");
    assertThat(receipt.source()).isEqualTo(SHOP);
    assertThat(receipt.complete()).isTrue();
    assertThat(receipt.deliveries())
        .singleElement()
        .satisfies(delivery -> assertThat(delivery.queue()).isEqualTo("events"));
    assertThat(handled).containsExactly("event a");
  }

  @Test
  void anEventPublishedTwiceWithOneIdIsDeliveredOnce() {
    deploy(worker().build());
    W7s shop = shop();

    shop.events().publish(CREATED, new Text("a"), publish -> publish.id("evt-1"));
    PublishReceipt again =
        shop.events().publish(CREATED, new Text("a"), publish -> publish.id("evt-1"));
    fixture().settle();

    assertThat(again.complete()).isTrue();
    assertThat(handled).containsExactly("event a");
  }

  @ParameterizedTest
  @EnumSource
  void oneRefusedSubscriberDoesNotKeepAnEventFromTheOthers(CallStyle style) {
    deploy(subscriber("acme/audit"));
    deploy(subscriber("other/mail")); // its queue.allow does not name the publisher
    deploy(subscriber("acme/worker"));

    PublishReceipt receipt = publish(style, shop(PUBLISHING.withEventsAllow("other")), "a");
    fixture().settle();

    assertThat(receipt.complete()).isFalse();
    assertThat(receipt.deliveries())
        .extracting(Delivery::app, Delivery::status)
        .containsExactlyInAnyOrder(
            tuple(AppId.parse("acme/audit"), Status.ENQUEUED),
            tuple(AppId.parse("other/mail"), Status.FAILED),
            tuple(WORKER, Status.ENQUEUED));
    assertThat(receipt.failed())
        .singleElement()
        .satisfies(failed -> assertThat(failed.error().orElse("")).contains("acme/shop"));
    assertThat(handled).containsExactlyInAnyOrder("acme/audit a", "acme/worker a");
  }

  @Test
  void publishingAgainSkipsSubscribersThatHaveTheEvent() {
    deploy(subscriber("acme/worker"));
    deploy(subscriber("other/mail"));
    W7s shop = shop(PUBLISHING.withEventsAllow("other"));

    shop.events().publish(CREATED, new Text("a"), publish -> publish.id("evt-1"));
    PublishReceipt again =
        shop.events().publish(CREATED, new Text("a"), publish -> publish.id("evt-1"));
    fixture().settle();

    assertThat(again.deliveries())
        .extracting(Delivery::app, Delivery::status)
        .containsExactlyInAnyOrder(
            tuple(WORKER, Status.SKIPPED), tuple(AppId.parse("other/mail"), Status.FAILED));
    assertThat(handled).containsExactly("acme/worker a");
  }

  @Test
  void aFailingSubscriberDelaysNoOtherAndGetsTheEventLater() {
    var attempts = new AtomicInteger();
    deploy(
        W7sApp.builder(AppRef.of("acme/mail"))
            .on(
                CREATED,
                "events",
                event -> {
                  if (attempts.incrementAndGet() < 3) {
                    throw new IllegalStateException("down");
                  }
                  handled.add("acme/mail " + requireNonNull(event.data()).text());
                })
            .build());
    deploy(subscriber("acme/worker"));

    assertThat(publish(CallStyle.BLOCKING, shop(), "a").complete()).isTrue();
    fixture().settle();

    assertThat(handled).containsExactly("acme/worker a", "acme/mail a");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 1000})
  void oneEventReachesAnyNumberOfSubscribers(int count) {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      deploy(subscriber("acme/s" + i));
      expected.add("acme/s" + i + " a");
    }

    PublishReceipt receipt = publish(CallStyle.BLOCKING, shop(), "a");
    fixture().settle();

    assertThat(receipt.deliveries()).hasSize(count);
    assertThat(receipt.complete()).isTrue();
    assertThat(handled).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void aRouterAppForwardsAnEventToTheQueuesOfItsSubscribers() {
    deploy(subscriber("acme/worker"));
    W7sApp[] router = new W7sApp[1];
    Transport sends = deployRouter(router);
    EventRegistry registry =
        new EventRegistry()
            .allowPublish(SHOP, PREVIEW, CREATED)
            .subscribe(WORKER, PREVIEW, CREATED, "events")
            .subscribe(AppId.parse("acme/nobody"), PREVIEW, CREATED, "events");
    router[0] = EventRouterApp.of(connect(ROUTER, sends), EventRouter.of(registry));
    W7s shop = shop();
    var event = new Posted("evt-1", CREATED.name(), new Text("a"));

    RpcResponse<Object> first = shop.rpc().exchange(PUBLISH, event);
    RpcResponse<Object> again = shop.rpc().exchange(PUBLISH, event);
    fixture().settle();

    assertThat(first.status()).isEqualTo(502); // there is one that does not have it
    assertThat(first.text())
        .contains("\"publisher\":\"acme/shop\"")
        .contains("\"repository\":\"acme/nobody\"")
        .contains("\"ok\":false")
        .doesNotContain("skipped");
    assertThat(again.status()).isEqualTo(502);
    assertThat(again.text()).containsOnlyOnce("\"skipped\":true");
    assertThat(handled).containsExactly("acme/worker a");
  }

  @ParameterizedTest(name = "the next one remembers: {0}")
  @ValueSource(booleans = {true, false})
  void aRouterAppThatStopsBetweenTwoSubscribersLosesNoDelivery(boolean remembers) {
    deploy(subscriber("acme/audit"));
    deploy(subscriber("acme/worker"));
    W7sApp[] router = new W7sApp[1];
    var sends = new SendsOnce(deployRouter(router));
    EventRegistry registry =
        new EventRegistry()
            .allowPublish(SHOP, PREVIEW, CREATED)
            .subscribe(AppId.parse("acme/audit"), PREVIEW, CREATED, "events")
            .subscribe(WORKER, PREVIEW, CREATED, "events");
    DeliveredEvents memory = DeliveredEvents.inMemory(fixture().time());
    W7s shop = shop();
    var event = new Posted("evt-1", CREATED.name(), new Text("a"));

    router[0] =
        EventRouterApp.of(
            connect(ROUTER, sends), EventRouter.builder(registry).delivered(memory).build());
    assertThatThrownBy(() -> shop.rpc().call(PUBLISH, event)).isInstanceOf(CallException.class);
    EventRouter.Builder next = EventRouter.builder(registry);
    router[0] =
        EventRouterApp.of(connect(ROUTER), (remembers ? next.delivered(memory) : next).build());
    RpcResponse<Object> response = shop.rpc().exchange(PUBLISH, event);
    fixture().settle();

    assertThat(response.status()).isEqualTo(202);
    assertThat(handled)
        .containsExactlyInAnyOrderElementsOf(
            remembers
                ? List.of("acme/audit a", "acme/worker a")
                : List.of("acme/audit a", "acme/audit a", "acme/worker a"));
  }

  private W7sApp subscriber(String app) {
    return W7sApp.builder(AppRef.of(app))
        .on(
            CREATED,
            "events",
            event -> handled.add(app + " " + requireNonNull(event.data()).text()))
        .build();
  }

  /** Deploys a router that calls the app in the first element, and returns its transport. */
  private Transport deployRouter(W7sApp[] router) {
    fixture()
        .deploy(
            Deployment.of(ROUTER, Manifest.empty(), request -> router[0].handle(request))
                .in(PREVIEW));
    return fixture().transport(ROUTER, PREVIEW);
  }

  /** Makes one call. All later calls fail, as if the process had ended. */
  private record SendsOnce(Transport transport, AtomicInteger calls) implements Transport {

    SendsOnce(Transport transport) {
      this(transport, new AtomicInteger());
    }

    @Override
    public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
      return calls.getAndIncrement() == 0 ? transport.execute(operation, context) : gone();
    }

    @Override
    public <R> CompletableFuture<Outcome<R>> executeAsync(
        Operation<R> operation, CallContext context) {
      return calls.getAndIncrement() == 0
          ? transport.executeAsync(operation, context)
          : CompletableFuture.completedFuture(gone());
    }

    private static <R> Outcome<R> gone() {
      return new Outcome.NoResponse<>(Outcome.Failure.CLOSED, false, "the process is gone", null);
    }

    @Override
    public void close() {
      transport.close();
    }
  }
}
