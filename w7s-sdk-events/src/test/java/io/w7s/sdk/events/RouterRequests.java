package io.w7s.sdk.events;

import static io.w7s.sdk.Environment.PRODUCTION;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Headers;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.app.AppResponse;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.retry.RetryPolicy;
import io.w7s.sdk.spi.Operation.QueueSend;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;

/** Sends requests to a router app, which two queues subscribe through. */
abstract class RouterRequests {

  record Order(String orderId) {}

  static final AppId SHOP = AppId.parse("acme/shop");
  static final SubjectRef<Order> CREATED = SubjectRef.of("orders.created", Order.class);
  static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  static final Outcome<?> TAKEN =
      Outcome.success(new SendReceipt(AppId.parse("acme/x"), "events", ManualTime.START));

  final EventRegistry registry =
      new EventRegistry()
          .allowPublish(SHOP, PRODUCTION, CREATED)
          .subscribe(AppId.parse("acme/audit"), PRODUCTION, CREATED, "events")
          .subscribe(AppId.parse("acme/worker"), PRODUCTION, CREATED, "mails");
  final ManualTime time = new ManualTime();

  W7sApp app(Transport transport) {
    return EventRouterApp.of(w7s(transport), EventRouter.builder(registry).time(time).build());
  }

  W7s w7s(Transport transport) {
    return W7s.builder(W7sConfig.builder().app("acme/event-router").build())
        .transport(transport)
        .time(time)
        .options(call -> call.retry(RetryPolicy.standard().maxAttempts(2)))
        .build();
  }

  static Headers caller(String app) {
    AppId id = AppId.parse(app);
    return Headers.of("x-w7s-rpc", "1")
        .with("x-w7s-rpc-caller-owner", id.owner())
        .with("x-w7s-rpc-caller-repo", id.repo());
  }

  static AppResponse publish(W7sApp app, Headers headers, String event) {
    return app.handle(new AppRequest("POST", "/publish", "", headers, event.getBytes(UTF_8)));
  }

  static AppResponse get(W7sApp app, String path) {
    return app.handle(new AppRequest("GET", path, "", Headers.none(), new byte[0]));
  }

  static String text(AppResponse response) {
    return new String(response.body(), UTF_8);
  }

  static String sent(FakeTransport transport, int index) {
    return new String(((QueueSend) transport.sent.get(index)).body(), UTF_8);
  }
}
