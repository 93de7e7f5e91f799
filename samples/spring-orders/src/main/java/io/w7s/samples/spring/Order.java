package io.w7s.samples.spring;

import io.w7s.sdk.event.SubjectRef;
import java.math.BigDecimal;

/** An order as it is placed and as its event has it. Anything can be missing. */
record Order(String orderId, String email, BigDecimal amount) {

  static final String CREATED = "orders.created";
  static final SubjectRef<Order> CREATED_EVENT = SubjectRef.of(CREATED, Order.class);

  boolean isComplete() {
    return orderId != null && email != null && amount != null;
  }
}
