package io.w7s.benchmarks;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;

/** The payload of all benchmarks: 275 bytes of JSON. */
public record Order(
    String id,
    String customer,
    String email,
    String street,
    String city,
    int amount,
    double price,
    boolean paid,
    long placedAt,
    String note) {

  static final int BYTES = 275;
  static final TypeRef<Order> TYPE = TypeRef.of(Order.class);

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
    return new Order(
        "ord_0123456789",
        "Ada Lovelace",
        "ada@example.com",
        "12 St James's Square",
        "London",
        3,
        42.5,
        true,
        1_779_710_400_000L,
        note);
  }
}
