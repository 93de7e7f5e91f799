package io.w7s.sdk.testing.guide;

import static io.w7s.sdk.testing.assertj.W7sAssertions.assertThat;
import static io.w7s.sdk.testing.guide.Shop.ORDERED;
import static io.w7s.sdk.testing.guide.Shop.PARCELS;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.Environment;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.app.Tokens;
import io.w7s.sdk.events.EventRegistry;
import io.w7s.sdk.events.EventRouter;
import io.w7s.sdk.events.EventRouterApp;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.testing.Canary;
import io.w7s.sdk.testing.EmulatorServer;
import io.w7s.sdk.testing.Fault;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.Journal.Kind;
import io.w7s.sdk.testing.LinkState;
import io.w7s.sdk.testing.Simulation;
import io.w7s.sdk.testing.guide.Shop.Order;
import io.w7s.sdk.testing.junit.W7sTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The snippets of docs/testing.md, as code that runs. */
@W7sTest
class GuideTest {

  private static final RpcRef<RawJson, RawJson> PUBLISH =
      AppRef.of("acme/router").post("/publish", RawJson.class, RawJson.class);

  private final List<String> handled = new ArrayList<>();
  private final List<String> packed = new ArrayList<>();
  private final Order order = new Order("ord_1");

  @Test
  void time(InMemoryW7s w7s) {
    // [time]
    w7s.deploy(Shop.stock(packed));
    w7s.as("acme/shop").queues().send(PARCELS, order, send -> send.delay(ofHours(1)));
    w7s.advance(ofSeconds(3599));
    assertThat(packed).isEmpty();
    w7s.advance(ofSeconds(1));
    assertThat(packed).containsExactly("ord_1");
    // [time]
  }

  @Test
  void sender(InMemoryW7s w7s) {
    // [sender]
    w7s.deploy(Shop.stock(packed));
    w7s.as("acme/shop").queues().send(PARCELS, order);
    assertThat(w7s.waiting(PARCELS)).containsExactly(order); // on the queue, not delivered
    w7s.deliverNow(PARCELS);
    // [sender]
  }

  @Test
  void router(InMemoryW7s w7s) {
    W7sApp mail = Shop.subscriber("acme/mail", handled);
    // [router]
    EventRegistry registry =
        new EventRegistry()
            .allowPublish(AppId.parse("acme/shop"), Environment.PRODUCTION, ORDERED)
            .put(AppId.parse("acme/mail"), Environment.PRODUCTION, mail.manifest());
    w7s.deploy(EventRouterApp.of(w7s.as("acme/router"), EventRouter.of(registry)), mail);
    RawJson event = RawJson.of("{\"subject\":\"orders.created\",\"data\":{\"id\":\"ord_1\"}}");
    w7s.as("acme/shop").rpc().call(PUBLISH, event); // what a publisher does
    w7s.runUntilIdle();
    assertThat(handled).containsExactly("acme/mail ord_1");
    // [router]
  }

  @Test
  void look(InMemoryW7s w7s) {
    w7s.deploy(Shop.stock(packed));
    w7s.as("acme/shop").queues().send(PARCELS, order);
    w7s.runUntilIdle();
    // [look]
    assertThat(w7s).queue(PARCELS).hasReceived(1).hasDelivered(1).isEmpty();
    assertThat(w7s).app("acme/shop").wasRefused(0);
    assertThat(w7s).usage("acme/shop").has(Metric.QUEUE_SEND, 1);
    assertThat(w7s).journal().hasInOrder(Kind.SENT, Kind.DELIVERED, Kind.ACKNOWLEDGED);
    // [look]
  }

  @Test
  void faults(InMemoryW7s w7s) {
    w7s.deploy(Shop.stock(packed));
    // [faults]
    w7s.faults()
        .add(
            Fault.refuse(429).retryAfter(ofSeconds(2)).onQueue(PARCELS).times(2),
            Fault.loseHandlerResponse().onQueue(PARCELS).every(3),
            Fault.dropMessage().onQueue("acme/mail/events").withProbability(0.1));
    w7s.as("acme/shop").queues().send(PARCELS, order); // refused twice, then accepted
    assertThat(w7s).journal().has(Kind.FAULTED, 2);
    // [faults]
    w7s.runUntilIdle();
  }

  @Test
  void simulation() {
    // [simulation]
    Simulation.of(
            w7s -> {
              List<String> done = new ArrayList<>();
              w7s.deploy(Shop.stock(done));
              w7s.faults().add(Fault.failHandler(503).withProbability(0.3));
              w7s.as("acme/shop").queues().send(PARCELS, order);
              w7s.runUntilIdle();
              int dropped = w7s.platform().queues().deadLetters().size();
              assertThat(done.size() + dropped).isEqualTo(1);
            })
        .run(100);
    // [simulation]
  }

  @Test
  void server(InMemoryW7s w7s) {
    w7s.as("acme/shop");
    // [server]
    try (EmulatorServer server = EmulatorServer.start(w7s.platform())) {
      Tokens tokens =
          w7s.platform()
              .deployment(AppInstance.of(AppId.parse("acme/shop")))
              .flatMap(shop -> shop.tokens())
              .orElseThrow();
      callOverHttp(server.url(), tokens.queue());
      server.link(LinkState.LOSES_RESPONSES); // from now on every response is lost
    }
    // [server]
  }

  private static void callOverHttp(URI url, String token) {
    assertThat(url).hasScheme("http");
    assertThat(token).isNotEmpty();
  }

  @Test
  void canary(InMemoryW7s w7s) {
    // [canary]
    try (Canary canary = Canary.watchingTheLog()) {
      Order secret = new Order(canary.secret("message"));
      Throwable failure = catchThrowable(() -> w7s.as("acme/shop").queues().send(PARCELS, secret));
      canary.assertKept(failure, w7s.journal());
    }
    // [canary]
  }
}
