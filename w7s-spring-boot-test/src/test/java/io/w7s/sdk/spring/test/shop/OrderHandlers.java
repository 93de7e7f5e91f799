package io.w7s.sdk.spring.test.shop;

import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.consumption.Reject;
import io.w7s.sdk.event.EventsClient;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.spring.W7sAppCustomizer;
import org.springframework.stereotype.Component;

/** Packs what is ordered, once, and says so. */
@Component
class OrderHandlers implements OrderQueue, W7sAppCustomizer {

  static final SubjectRef<Order> PACKED = SubjectRef.of("orders.packed", Order.class);

  private final Warehouse warehouse;
  private final EventsClient events;
  private final ProcessedMessages processed;
  private final ParkedMessages parked;

  OrderHandlers(
      Warehouse warehouse,
      EventsClient events,
      ProcessedMessages processed,
      ParkedMessages parked) {
    this.warehouse = warehouse;
    this.events = events;
    this.processed = processed;
    this.parked = parked;
  }

  @Override
  public void customize(W7sApp.Builder app) {
    app.publishes(PACKED).consumption(each -> each.once(processed).park(parked));
  }

  @Override
  public void place(Order order) {
    if (order.id().isEmpty()) {
      throw Reject.permanently("an order needs an id");
    }
    warehouse.pack(order.id());
    events.publish(PACKED, order);
  }
}
