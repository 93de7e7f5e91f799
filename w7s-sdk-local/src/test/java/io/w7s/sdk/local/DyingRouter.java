package io.w7s.sdk.local;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.events.EventRegistry;
import io.w7s.sdk.events.EventRouter;
import io.w7s.sdk.events.EventRouterApp;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.Transport;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * acme/router as a process, with two subscribers. It dies while it routes an event, after it has
 * put the event on a given number of queues.
 */
final class DyingRouter {

  static final String SERVES = "serves";
  static final int ENDED = 99;

  static final AppId SHOP = AppId.parse("acme/shop");
  static final AppId ROUTER = AppId.parse("acme/router");
  static final AppId AUDIT = AppId.parse("acme/audit");
  static final AppId MAIL = AppId.parse("acme/mail");
  static final SubjectRef<String> CREATED = SubjectRef.of("orders.created", String.class);

  private DyingRouter() {}

  /** Takes the port, the base URL of the subscribers, and after how many messages it dies. */
  public static void main(String[] args) {
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.LOCAL)
            .app(ROUTER)
            .localApp(AUDIT, URI.create(args[1] + "/audit"))
            .localApp(MAIL, URI.create(args[1] + "/mail"))
            .build();
    var transport =
        new Dying(
            LocalTransport.builder(config).build(), new AtomicInteger(Integer.parseInt(args[2])));
    W7s w7s = W7s.builder(config).transport(transport).build();
    EventRegistry registry =
        new EventRegistry()
            .allowPublish(SHOP, Environment.PRODUCTION, CREATED)
            .subscribe(AUDIT, Environment.PRODUCTION, CREATED, "events")
            .subscribe(MAIL, Environment.PRODUCTION, CREATED, "events");
    LocalAppServer.start(
        EventRouterApp.of(w7s, EventRouter.of(registry)), Integer.parseInt(args[0]));
    System.out.println(SERVES);
  }

  private record Dying(Transport sends, AtomicInteger left) implements Transport {

    private void count() {
      if (left.getAndDecrement() == 0) {
        Runtime.getRuntime().halt(ENDED);
      }
    }

    @Override
    public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
      count();
      return sends.execute(operation, context);
    }

    @Override
    public <R> CompletableFuture<Outcome<R>> executeAsync(
        Operation<R> operation, CallContext context) {
      count();
      return sends.executeAsync(operation, context);
    }

    @Override
    public void close() {
      sends.close();
    }
  }
}
