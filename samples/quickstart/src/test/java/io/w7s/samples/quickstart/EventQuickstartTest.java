package io.w7s.samples.quickstart;

import static io.w7s.samples.quickstart.EventQuickstart.subscriber;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.samples.quickstart.EventQuickstart.OrderCreated;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.junit.W7sTest;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

@W7sTest
class EventQuickstartTest {

  @Test
  void tellsEverySubscriber(InMemoryW7s w7s) {
    var billed = new ArrayList<OrderCreated>();
    var packed = new ArrayList<OrderCreated>();
    w7s.deploy(
        EventQuickstart.SHOP,
        subscriber("acme/billing", billed::add),
        subscriber("acme/warehouse", packed::add));

    EventQuickstart.order(w7s.as("acme/shop"), "ord_1");
    w7s.runUntilIdle();

    assertThat(billed).containsExactly(new OrderCreated("ord_1"));
    assertThat(packed).containsExactly(new OrderCreated("ord_1"));
  }
}
