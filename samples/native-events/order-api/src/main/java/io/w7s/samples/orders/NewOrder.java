package io.w7s.samples.orders;

import java.math.BigDecimal;
import java.time.Instant;

/** An order as it is asked for; anything can be missing. */
record NewOrder(String orderId, String email, BigDecimal amount) {

  boolean isComplete() {
    return isThere(orderId) && isThere(email) && amount != null;
  }

  Order placedAt(Instant time) {
    return new Order(orderId, email, amount, time);
  }

  private static boolean isThere(String text) {
    return text != null && !text.isBlank();
  }
}
