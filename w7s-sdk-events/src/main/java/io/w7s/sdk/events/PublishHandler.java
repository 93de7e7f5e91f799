package io.w7s.sdk.events;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.W7s;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.AppRefusal;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.internal.wire.RouterResponse;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.rpc.RpcHandler;
import io.w7s.sdk.rpc.RpcReply;
import io.w7s.sdk.rpc.RpcRequest;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Hands a published event to a router, and replies as the platform's JavaScript example does. */
final class PublishHandler implements RpcHandler<RawJson, RpcReply<RawJson>> {

  private final W7s w7s;
  private final EventRouter router;
  private final Function<Delivery, String> target;
  private final boolean trustsSource;

  PublishHandler(
      W7s w7s, EventRouter router, Function<Delivery, String> target, boolean trustsSource) {
    this.w7s = w7s;
    this.router = router;
    this.target = target;
    this.trustsSource = trustsSource;
  }

  @Override
  public RpcReply<RawJson> handle(RpcRequest<RawJson> request) {
    try {
      RawJson body = Objects.requireNonNull(request.body()); // null would be the JSON null
      EventMessage event = EventMessage.read(JsonSlice.of(body.utf8()));
      Optional<Caller> publisher = publisher(request, event.source());
      return publisher.isPresent()
          ? publish(publisher.get(), event, request)
          : refusal(401, "an event is published by RPC, which says who publishes");
    } catch (CodecException | InvalidInputException unreadable) {
      return refusal(400, unreadable.getMessage());
    } catch (StatusException refused) {
      return refusal(refused.status(), refused.platformMessage());
    }
  }

  private Optional<Caller> publisher(RpcRequest<?> request, @Nullable String source) {
    return trustsSource && request.caller().isEmpty() && source != null
        ? Optional.of(new Caller(AppId.parse(source), w7s.environment()))
        : request.caller();
  }

  private RpcReply<RawJson> publish(Caller publisher, EventMessage event, RpcRequest<?> request) {
    if (!publisher.environment().equals(w7s.environment())) {
      return refusal(
          403, "this router is for " + w7s.environment() + ", the publisher is " + publisher);
    }
    var queues = new QueueClientQueues(w7s.queues());
    PublishReceipt receipt =
        router.publish(
            publisher, event.toPublish(publisher.app(), request.headers(), router.time()), queues);
    byte[] body =
        RouterResponse.toJson(
            w7s.app().repo(),
            receipt,
            receipt.deliveries().stream()
                .map(delivery -> queues.sent(delivery, target.apply(delivery)))
                .toList());
    return RpcReply.of(receipt.complete() ? 202 : 502, RawJson.of(body));
  }

  private static RpcReply<RawJson> refusal(int status, @Nullable String reason) {
    return RpcReply.error(status, RawJson.of(AppRefusal.toJson(reason)));
  }
}
