package io.w7s.samples.history;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.TypeRef;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import java.time.Instant;
import java.util.List;

/** What the apps call each other by. */
interface Shop {

  /** An order; the picture may be larger than a message. */
  record Order(String id, String customer, String product, String picture) {

    /** Returns the id under which the order is sent to the warehouse, and confirmed by it. */
    String packingId() {
      return "packing " + id;
    }
  }

  record Packed(String shelf, int pictureBytes) {}

  /** A line of an order's history. */
  record Entry(long version, Instant time, String subject, String data) {

    @Override
    public String toString() {
      return version + ". " + time + " " + subject + " " + data;
    }
  }

  AppRef SHOP = AppRef.of("acme/shop");
  RpcRef<Order, Entry> PLACE = SHOP.post("/orders", Order.class, Entry.class);
  RpcRef<Void, List<Entry>> ORDER_HISTORY = SHOP.get("/orders/{id}/history", new TypeRef<>() {});
  RpcRef<Void, List<Entry>> CUSTOMER_HISTORY =
      SHOP.get("/customers/{customer}/history", new TypeRef<>() {});

  AppRef WAREHOUSE = AppRef.of("acme/warehouse");
  QueueRef<Order> PACKING = WAREHOUSE.queue("packing", Order.class);

  AppRef STATISTICS = AppRef.of("acme/statistics");
  QueueRef<Order> ORDERS = STATISTICS.queue("orders", Order.class);

  SubjectRef<Order> ORDER_PLACED = SubjectRef.of("orders.placed", Order.class);
  SubjectRef<Packed> ORDER_PACKED = SubjectRef.of("orders.packed", Packed.class);
}
