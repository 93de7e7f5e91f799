package io.w7s.sdk.testing.guide;

import static io.w7s.sdk.testing.assertj.W7sAssertions.assertThat;
import static io.w7s.sdk.testing.guide.Shop.ORDERED;

import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.guide.Shop.Order;
import io.w7s.sdk.testing.junit.W7sTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

// [first]
@W7sTest
class FanoutTest {
  private final List<String> handled = new ArrayList<>();
  private final W7sApp mail = Shop.subscriber("acme/mail", handled);
  private final W7sApp stock = Shop.subscriber("acme/stock", handled);

  @Test
  void anOrderReachesMailAndStock(InMemoryW7s w7s) {
    w7s.deploy(mail, stock);
    w7s.as("acme/shop").events().publish(ORDERED, new Order("ord_1"));
    w7s.runUntilIdle();
    assertThat(handled).containsExactly("acme/mail ord_1", "acme/stock ord_1");
    assertThat(w7s).queue("acme/mail", "events").hasDelivered(1).hasNoDeadLetters();
  }
}
// [first]
