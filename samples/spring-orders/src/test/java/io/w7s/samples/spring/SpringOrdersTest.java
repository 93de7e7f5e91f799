package io.w7s.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcResponse;
import io.w7s.sdk.testing.InMemoryW7s;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The three applications on the platform in memory: no socket, no wait. */
class SpringOrdersTest {

  private static final RpcRef<Object, Object> ORDERS =
      AppRef.of("acme/order-api").post("/orders", Object.class, Object.class);
  private static final RpcRef<Object, Object> PUBLISH =
      AppRef.of("acme/event-router").post("/publish", Object.class, Object.class);
  private static final Order BOOK = new Order("ord_1", "ann@example.com", new BigDecimal("42"));
  private static final String MAIL = "ann@example.com ordered ord_1 for 42";

  private final InMemoryW7s platform = InMemoryW7s.create();
  private final Map<String, ConfigurableApplicationContext> apps = new HashMap<>();

  @BeforeEach
  void start() {
    try (InMemoryW7s.Scope current = platform.makeCurrent()) {
      for (String app : List.of("order-api", "event-router", "email-worker")) {
        ConfigurableApplicationContext started =
            new SpringApplicationBuilder(SpringOrders.class)
                .web(WebApplicationType.NONE)
                .profiles(app, "test")
                .run();
        apps.put(app, started);
        platform.deploy(started.getBean(W7sApp.class));
      }
    }
  }

  @AfterEach
  void stop() {
    apps.values().forEach(ConfigurableApplicationContext::close);
  }

  @Test
  void anOrderIsMailed() {
    assertThat(platform.as("acme/shop").rpc().exchange(ORDERS, BOOK).status()).isEqualTo(202);

    assertThat(mails()).containsExactly(MAIL);
  }

  @Test
  void anOrderThatLacksSomethingIsRefusedAndNotMailed() {
    RpcResponse<Object> response =
        platform.as("acme/shop").rpc().exchange(ORDERS, Map.of("orderId", "ord_1"));

    assertThat(response.status()).isEqualTo(400);
    assertThat(response.text()).contains("an order needs orderId, email and amount");
    assertThat(mails()).isEmpty();
  }

  @Test
  void theRouterSendsTheEventsOfOrdersToTheMailer() {
    Map<String, Object> event = Map.of("subject", Order.CREATED, "data", BOOK);

    assertThat(platform.as("acme/order-api").rpc().exchange(PUBLISH, event).status())
        .isEqualTo(202);
    assertThat(mails()).containsExactly(MAIL);
  }

  @Test
  void theRouterRefusesAPublisherThatItDoesNotKnow() {
    Map<String, Object> event = Map.of("subject", Order.CREATED, "data", BOOK);

    assertThat(platform.as("acme/shop").rpc().exchange(PUBLISH, event).status()).isEqualTo(403);
    assertThat(mails()).isEmpty();
  }

  private List<String> mails() {
    platform.runUntilIdle();
    return List.copyOf(apps.get("email-worker").getBean(EmailWorker.class).mails);
  }
}
