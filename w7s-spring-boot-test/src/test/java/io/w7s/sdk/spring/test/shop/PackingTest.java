package io.w7s.sdk.spring.test.shop;

import static io.w7s.sdk.spring.test.shop.OrderHandlersTest.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.spring.test.SpringW7sTest;
import io.w7s.sdk.testing.InMemoryW7s;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

// [slice]
@SpringW7sTest
@Import(Warehouse.class)
class PackingTest {
  @Autowired private InMemoryW7s w7s;
  @Autowired private Warehouse warehouse;

  @Test
  void anOrderIsPacked() {
    w7s.as("acme/website").queues().send(ORDERS, new Order("o1"));
    w7s.runUntilIdle();
    assertThat(warehouse.packed()).containsExactly("o1");
  }
}
// [slice]
