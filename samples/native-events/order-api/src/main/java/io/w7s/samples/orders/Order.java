package io.w7s.samples.orders;

import java.math.BigDecimal;
import java.time.Instant;

/** An order that was placed. */
record Order(String orderId, String email, BigDecimal amount, Instant createdAt) {}
