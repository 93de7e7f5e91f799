package io.w7s.samples.spring;

import io.w7s.sdk.event.EventsClient;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.spring.RpcHandler;
import java.util.Map;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** Takes orders from anybody, and publishes an event for each. */
@Component
@Profile("order-api")
class OrderApi {

  private final EventsClient events;

  OrderApi(EventsClient events) {
    this.events = events;
  }

  @RpcHandler(method = "POST", path = "/orders", publicRoute = true)
  RpcReply<Map<String, String>> place(Order order) {
    if (order == null || !order.isComplete()) {
      return RpcReply.error(400, Map.of("error", "an order needs orderId, email and amount"));
    }
    var receipt = events.publish(Order.CREATED_EVENT, order).orThrow();
    return RpcReply.of(202, Map.of("event", receipt.id(), "subject", receipt.subject()));
  }
}
