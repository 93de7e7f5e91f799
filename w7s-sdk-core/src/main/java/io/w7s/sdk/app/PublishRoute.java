package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.W7s;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.event.EventRouter;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.event.PublishedEvent;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.internal.wire.PublishResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes an event to a router, and answers what became of it as the JavaScript example does. */
final class PublishRoute implements Route {

  private final W7s w7s;
  private final EventRouter router;
  private final Function<Delivery, String> target;
  private final boolean trustsSource;

  PublishRoute(
      W7s w7s, EventRouter router, Function<Delivery, String> target, boolean trustsSource) {
    this.w7s = w7s;
    this.router = router;
    this.target = target;
    this.trustsSource = trustsSource;
  }

  @Override
  public AppResponse handle(AppRequest request, Map<String, String> variables, AppContext context)
      throws BadRequest {
    PublishedEvent event;
    Optional<Caller> publisher;
    try {
      EventMessage message = EventMessage.read(JsonSlice.of(request.body()));
      event = message.published(request.headers());
      publisher = publisher(request, message.source());
    } catch (CodecException | InvalidInputException unreadable) {
      throw new BadRequest(unreadable);
    }
    if (publisher.isEmpty()) {
      return Responses.refusal(401, "an event is published by RPC, which says who publishes");
    }
    return publish(publisher.get(), event);
  }

  private Optional<Caller> publisher(AppRequest request, @Nullable String source) {
    return RpcRoute.caller(request.headers())
        .or(
            () ->
                trustsSource && source != null
                    ? Optional.of(new Caller(AppId.parse(source), w7s.environment()))
                    : Optional.empty());
  }

  private AppResponse publish(Caller publisher, PublishedEvent event) {
    if (!publisher.environment().equals(w7s.environment())) {
      return Responses.refusal(
          403, "this router is for " + w7s.environment() + ", the publisher is " + publisher);
    }
    var sends = new QueueSends(w7s.queues());
    try {
      return answer(router.publish(publisher, event, sends), sends);
    } catch (StatusException refused) {
      return Responses.refusal(refused.status(), refused.platformMessage());
    }
  }

  private AppResponse answer(PublishReceipt receipt, QueueSends sends) {
    var deliveries = new ArrayList<Map<String, Object>>(receipt.deliveries().size());
    for (Delivery delivery : receipt.deliveries()) {
      var shown = new LinkedHashMap<String, Object>();
      shown.put("repository", delivery.app().toString());
      shown.put("queue", delivery.queue());
      shown.put("target", target.apply(delivery));
      shown.put("ok", delivery.status() != Status.FAILED);
      shown.put("status", sends.status(delivery));
      shown.put("response", sends.response(delivery));
      if (delivery.status() == Status.SKIPPED) {
        shown.put(PublishResult.SKIPPED, true);
      }
      deliveries.add(shown);
    }
    var body = new LinkedHashMap<String, Object>();
    body.put("ok", receipt.complete());
    body.put("service", w7s.app().repo());
    body.put("accepted", true);
    body.put("subject", receipt.subject());
    body.put("publisher", receipt.source().toString());
    body.put("deliveries", deliveries);
    return Responses.values(receipt.complete() ? 202 : 502, body);
  }

  @Override
  public HandlerKind kind() {
    return HandlerKind.RPC;
  }
}
