package io.w7s.sdk.spring.test.shop;

import static io.w7s.sdk.spring.test.shop.OrderHandlersTest.ORDERS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.spring.test.SpringW7sTest;
import io.w7s.sdk.testing.InMemoryW7s;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

/** The JSON of an application whose mapper has settings of its own. */
@SpringW7sTest(properties = "spring.jackson.property-naming-strategy=UPPER_CAMEL_CASE")
@Import(Warehouse.class)
class JsonOfApplicationTest {

  @Autowired private InMemoryW7s w7s;
  @Autowired private Warehouse warehouse;

  @Test
  void bodiesAreWrittenAndReadByTheMapperOfTheApplication() {
    w7s.as("acme/website").queues().send(ORDERS, new Order("o1"));

    assertThat(w7s.platform().queues().waiting(InMemoryW7s.id(ORDERS)))
        .extracting(message -> new String(message.body(), UTF_8))
        .containsExactly("{\"Id\":\"o1\"}");

    w7s.runUntilIdle();
    assertThat(warehouse.packed()).containsExactly("o1");
  }
}
