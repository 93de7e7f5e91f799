package io.w7s.benchmarks;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;

/** The payload of all benchmarks: 275 bytes of JSON. */
public record Order(String id, String customer, int amount, String currency, String note) {

  static final int BYTES = 275;
  static final TypeRef<Order> TYPE = TypeRef.of(Order.class);

  /** Returns the order as JSON. */
  static byte[] json() {
    return JacksonCodec.create().encode(sample(), TYPE);
  }

  /** Returns the order, of exactly the size that the figures are about. */
  public static Order sample() {
    JsonCodec codec = JacksonCodec.create();
    int short0 = codec.encode(of(""), TYPE).length;
    Order order = of("n".repeat(BYTES - short0));
    int length = codec.encode(order, TYPE).length;
    if (length != BYTES) {
      throw new IllegalStateException(length + " bytes");
    }
    return order;
  }

  private static Order of(String note) {
    return new Order("ord_0123456789", "Ada Lovelace", 4250, "EUR", note);
  }
}
