package io.w7s.samples.history;

import static io.w7s.samples.history.Shop.CUSTOMER_HISTORY;
import static io.w7s.samples.history.Shop.ORDER_HISTORY;
import static io.w7s.samples.history.Shop.ORDER_PLACED;
import static io.w7s.samples.history.Shop.PACKING;
import static io.w7s.samples.history.Shop.PLACE;

import io.w7s.samples.history.Shop.Entry;
import io.w7s.samples.history.Shop.Order;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.rpc.RpcRequest;
import io.w7s.sdk.store.event.EventQuery;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.store.event.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Takes orders, and tells what became of them. */
final class OrderService {

  private final EventStore events;
  private final Outbox outbox;

  OrderService(EventStore events, Outbox outbox) {
    this.events = events;
    this.outbox = outbox;
  }

  W7sApp app() {
    return W7sApp.builder(Shop.SHOP)
        .on(PLACE, request -> place(request.body()))
        .on(ORDER_HISTORY, request -> entries(ofOrder(request)))
        .on(CUSTOMER_HISTORY, request -> entries(ofCustomer(request)))
        .build();
  }

  /** The order, its event and the message to the warehouse are one transaction: all or nothing. */
  private Entry place(Order order) {
    outbox.inTransaction(
        connection -> {
          insert(connection, order);
          events.append(
              connection,
              ORDER_PLACED,
              order,
              event ->
                  event.id("placed " + order.id()).stream(order.id())
                      .expectedVersion(0)
                      .attribute("customer", order.customer()));
          outbox.send(
              connection,
              PACKING,
              order,
              message ->
                  message.id(order.packingId()).stream(order.id())
                      .attribute("customer", order.customer()));
        });
    return entry(events.find("placed " + order.id()).orElseThrow());
  }

  private static void insert(Connection connection, Order order) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO orders (id, customer, product) VALUES (?, ?, ?)")) {
      insert.setString(1, order.id());
      insert.setString(2, order.customer());
      insert.setString(3, order.product());
      insert.executeUpdate();
    }
  }

  private static EventQuery ofOrder(RpcRequest<Void> request) {
    return EventQuery.all().stream(request.variable("id"));
  }

  private static EventQuery ofCustomer(RpcRequest<Void> request) {
    EventQuery query = EventQuery.all().attribute("customer", request.variable("customer"));
    if (request.query("from").isPresent()) {
      query = query.from(Instant.parse(request.query("from").get()));
    }
    if (request.query("to").isPresent()) {
      query = query.to(Instant.parse(request.query("to").get()));
    }
    return query;
  }

  private List<Entry> entries(EventQuery query) {
    return events.read(query, EventStore.START, 1_000).stream().map(OrderService::entry).toList();
  }

  private static Entry entry(StoredEvent event) {
    return new Entry(
        event.version().orElse(0),
        event.time(),
        event.subject(),
        new String(event.json(), StandardCharsets.UTF_8));
  }
}
