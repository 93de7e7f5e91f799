package io.w7s.samples.history;

import static io.w7s.samples.history.Shop.ORDER_PACKED;
import static io.w7s.samples.history.Shop.PACKING;

import io.w7s.samples.history.Shop.Order;
import io.w7s.samples.history.Shop.Packed;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.store.JdbcProcessedMessages;
import io.w7s.sdk.store.blob.JdbcBlobStore;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

/** Packs each order once, however often its message comes, and confirms it to the shop's outbox. */
final class Warehouse {

  private static final Map<String, String> SHELVES =
      Map.of("book", "A1", "lamp", "B7", "poster", "C3");

  private final DataSource database;
  private final EventStore events;
  private final JdbcProcessedMessages processed;

  Warehouse(DataSource database) {
    this.database = database;
    events = EventStore.of(database);
    processed = JdbcProcessedMessages.of(database);
  }

  W7sApp app(ParkedMessages parked) {
    return W7sApp.builder(Shop.WAREHOUSE)
        .blobs(JdbcBlobStore.of(database))
        .consumption(
            PACKING,
            each ->
                each.once(processed, message -> message.body().packingId())
                    .park(parked)
                    .confirm(Outbox.confirmations(events)))
        .on(PACKING, this::pack)
        .build();
  }

  /** That the order is packed and that its message is done are one transaction. */
  private void pack(QueueMessage<Order> message) throws SQLException {
    Order order = message.body();
    String shelf = SHELVES.get(order.product());
    if (shelf == null) {
      throw Reject.permanently("there is no " + order.product() + " on any shelf");
    }
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      events.append(
          connection,
          ORDER_PACKED,
          new Packed(shelf, order.picture().length()),
          event -> event.stream(order.id()).attribute("customer", order.customer()));
      processed.complete(message.claim(), connection);
      connection.commit();
    }
  }
}
