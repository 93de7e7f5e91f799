package io.w7s.sdk.spring.test.shop;

import static io.w7s.sdk.spring.test.AllowLeftOver.Kind.PARKED;
import static io.w7s.sdk.spring.test.AllowLeftOver.Kind.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spring.test.AllowLeftOver;
import io.w7s.sdk.spring.test.SpringW7sTest;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;

/** The slice, as a user would write a test of handlers. */
@SpringW7sTest
@Import(Warehouse.class)
class OrderHandlersTest {

  private static final AppRef SHOP = AppRef.of("acme/shop");
  static final QueueRef<Order> ORDERS = SHOP.queue("orders", Order.class);
  private static final WorkflowRef<Order, String> REFUND =
      SHOP.workflow("refund", Order.class, String.class);

  @Autowired private InMemoryW7s w7s;
  @Autowired private Warehouse warehouse;
  @Autowired private ApplicationContext context;

  @Test
  void theHandlersOfTheApplicationGetWhatOthersSend() {
    w7s.as("acme/website").queues().send(ORDERS, new Order("o1"));
    w7s.as("acme/bank")
        .events()
        .publish(SubjectRef.of("payments.received", Order.class), new Order("o2"));
    w7s.runUntilIdle();

    assertThat(warehouse.packed()).containsExactlyInAnyOrder("o1", "paid o2");
  }

  @Test
  void whatTheApplicationSendsArrivesAtAnotherApp() {
    List<String> mails = new ArrayList<>();
    w7s.deploy(
        W7sApp.builder(AppRef.of("acme/mailer"))
            .on(OrderHandlers.PACKED, "events", event -> mails.add(event.data().id()))
            .build());

    w7s.as("acme/website").queues().send(ORDERS, new Order("o1"));
    w7s.runUntilIdle();

    assertThat(mails).containsExactly("o1");
  }

  @Test
  void timeMovesOnlyWhenItIsTold() {
    w7s.advance(Duration.ofHours(4));
    assertThat(warehouse.packed()).containsExactly("night of 2026-01-01T03:00:00Z");
    assertThat(context.getBean(TimeSource.class)).isSameAs(w7s.time());

    assertThat(
            w7s.as("acme/website")
                .workflows()
                .start(REFUND, new Order("o1"))
                .await(Duration.ofDays(4)))
        .isEqualTo("refunded o1");
    assertThat(w7s.now()).isAfter("2026-01-04T04:00:00Z");
  }

  @Test
  @AllowLeftOver(PARKED)
  void aMessageThatIsRejectedIsParkedInMemory(@Autowired ParkedMessages parked) {
    w7s.as("acme/website").queues().send(ORDERS, new Order(""));
    w7s.runUntilIdle();

    assertThat(parked.count("acme/shop/orders", ParkedMessage.State.PARKED)).isOne();
  }

  @Test
  @AllowLeftOver(WAITING)
  void theClientsOfTheContextAreOnThePlatform(@Autowired W7s client) {
    client.queues().send(ORDERS, new Order("o1"));

    assertThat(w7s.waiting(ORDERS)).containsExactly(new Order("o1"));
  }

  @Test
  void theRestOfTheApplicationIsLeftOut() {
    assertThat(context).isNotInstanceOf(WebServerApplicationContext.class);
    assertThat(context.getBeansOfType(OrderController.class)).isEmpty();
    assertThat(context.containsBean("w7sServlet")).isFalse();
    assertThat(context.containsBean("dataSource")).isFalse();
  }
}
