package io.w7s.samples.orders;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.W7sException;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import io.w7s.sdk.rpc.RpcResponse;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** Takes orders, and publishes an event for each through the event router. */
final class OrderApi {

  static final RpcRef<NewOrder, OrderResponse> PLACE_ORDER =
      AppRef.of("acme/order-api").post("/orders", NewOrder.class, OrderResponse.class);
  static final RpcRef<Void, Health> HEALTH =
      AppRef.of("acme/order-api").get("/health", Health.class);

  /** The router's response is passed on as it is, whatever it holds. */
  static final RpcRef<Event, Object> PUBLISH =
      AppRef.of("acme/event-router").post("/publish", Event.class, Object.class);

  /** So that the event about an order always fits into a queue message, which is twice this. */
  private static final int LARGEST_ORDER = 32 * 1024;

  private final W7s w7s;

  private OrderApi(W7s w7s) {
    this.w7s = w7s;
  }

  static W7sApp app(W7s w7s) {
    var api = new OrderApi(w7s);
    return W7sApp.builder(AppRef.of("acme/order-api"))
        .onReply(PLACE_ORDER, api::placeOrder)
        .on(HEALTH, request -> new Health(true, "order-api"))
        .maxBodyBytes(LARGEST_ORDER)
        .build();
  }

  private RpcReply<OrderResponse> placeOrder(RpcRequest<NewOrder> request) {
    NewOrder newOrder = request.body();
    if (newOrder == null || !newOrder.isComplete()) {
      return RpcReply.error(400, new Refusal(false, "an order needs orderId, email and amount"));
    }
    Order order = newOrder.placedAt(Instant.now());
    Event event =
        new Event(UUID.randomUUID().toString(), "orders.created", w7s.app().toString(), order);
    Routed routed = publish(event);
    return RpcReply.of(
        routed.ok() ? 202 : 502, new OrderResponse(routed.ok(), "order-api", order, event, routed));
  }

  private Routed publish(Event event) {
    try {
      RpcResponse<Object> response = w7s.rpc().exchange(PUBLISH, event);
      return new Routed(response.status(), bodyOf(response));
    } catch (W7sException failure) {
      return new Routed(502, new Refusal(false, failure.getMessage()));
    }
  }

  private static Object bodyOf(RpcResponse<Object> response) {
    try {
      return response.body();
    } catch (CodecException notJson) {
      return Map.of("text", response.text());
    }
  }
}
