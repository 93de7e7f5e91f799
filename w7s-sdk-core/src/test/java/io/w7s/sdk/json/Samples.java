package io.w7s.sdk.json;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.w7s.sdk.TypeRef;
import jakarta.json.bind.annotation.JsonbSubtype;
import jakarta.json.bind.annotation.JsonbTypeInfo;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The types that every codec is tried on. */
final class Samples {

  static final TypeRef<Order> ORDER = TypeRef.of(Order.class);
  static final TypeRef<Item> ITEM = TypeRef.of(Item.class);
  static final TypeRef<Parcel> PARCEL = TypeRef.of(Parcel.class);
  static final TypeRef<Numbers> NUMBERS = TypeRef.of(Numbers.class);
  static final TypeRef<Shape> SHAPE = TypeRef.of(Shape.class);
  static final TypeRef<String> TEXT = TypeRef.of(String.class);
  static final TypeRef<List<Item>> ITEMS = new TypeRef<>() {};
  static final TypeRef<List<Shape>> SHAPES = new TypeRef<>() {};
  static final TypeRef<Map<String, Item>> ITEMS_BY_NAME = new TypeRef<>() {};
  static final TypeRef<Map<String, Object>> UNTYPED = new TypeRef<>() {};
  static final TypeRef<Page<Item>> PAGE = new TypeRef<>() {};

  static final Order ORDER_1 =
      new Order(
          "ord_7f3a9c2e51",
          "buyer.name@example.com",
          Instant.parse("2026-05-24T21:59:00.123Z"),
          List.of(new Item("SKU-000017", 2), new Item("SKU-000423", 1), new Item("SKU-009001", 12)),
          new BigDecimal("1249.50"),
          Optional.of("Leave it with the neighbour."),
          Status.PAID);

  private Samples() {}

  public record Order(
      String orderId,
      String email,
      Instant createdAt,
      List<Item> items,
      BigDecimal amount,
      Optional<String> note,
      Status status) {}

  public record Item(String sku, int count) {}

  public record Page<T>(T first, List<T> rest) {}

  public record Numbers(long whole, BigInteger big, BigDecimal exact, double near) {}

  public record Parcel(Optional<String> label, String weight, Instant sentAt) {}

  public record Times(
      Instant instant, LocalDate date, OffsetDateTime offset, ZonedDateTime zoned, Duration span) {}

  public record Positive(int value) {
    public Positive {
      if (value < 1) {
        throw new IllegalArgumentException("not positive: " + value);
      }
    }
  }

  /** Can be made, but not read. */
  public record Sealed(String text) {
    @Override
    public String text() {
      throw new IllegalStateException(text);
    }
  }

  public enum Status {
    OPEN,
    PAID {
      @Override
      public String toString() {
        return "has been paid";
      }
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Circle.class, name = "circle"),
    @JsonSubTypes.Type(value = Square.class, name = "square")
  })
  @JsonbTypeInfo(
      key = "kind",
      value = {
        @JsonbSubtype(alias = "circle", type = Circle.class),
        @JsonbSubtype(alias = "square", type = Square.class)
      })
  public sealed interface Shape {}

  public record Circle(int radius) implements Shape {}

  public record Square(int side) implements Shape {}

  public record Drawing(Shape shape) {}
}
