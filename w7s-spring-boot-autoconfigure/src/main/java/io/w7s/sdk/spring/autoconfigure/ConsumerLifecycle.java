package io.w7s.sdk.spring.autoconfigure;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.AppHandler;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.app.WorkflowRunner;
import io.w7s.sdk.signature.SignedHandler;
import io.w7s.sdk.signature.UsedSignatures;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spring.internal.DeliveryGate;
import io.w7s.sdk.spring.internal.handler.InvalidHandlerException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.SmartLifecycle;

/**
 * Opens the application to deliveries after everything else has started, and closes it before
 * anything else stops. The context waits for the handlers that run, for at most {@code
 * spring.lifecycle.timeout-per-shutdown-phase}.
 */
final class ConsumerLifecycle implements SmartInitializingSingleton, SmartLifecycle {

  private final W7sConfig config;
  private final ObjectProvider<W7sApp> apps;
  private final TimeSource time;
  private final ObjectProvider<UsedSignatures> used;
  private final DeliveryGate gate;
  private final Served served;

  private @Nullable W7sApp app;
  private @Nullable AppHandler service;
  private @Nullable WorkflowRunner runner;
  private volatile boolean running;

  /** What hands requests to the app. */
  enum Served {
    /** The application's server, through the gate. */
    HERE,
    /** Something that the application has made itself. */
    ELSEWHERE,
    /** Nothing. */
    NOT_AT_ALL
  }

  ConsumerLifecycle(
      W7sConfig config,
      ObjectProvider<W7sApp> apps,
      TimeSource time,
      ObjectProvider<UsedSignatures> used,
      DeliveryGate gate,
      Served served) {
    this.config = config;
    this.apps = apps;
    this.time = time;
    this.used = used;
    this.gate = gate;
    this.served = served;
  }

  /** Builds the app, now that all beans are there and each handler can be found. */
  @Override
  public void afterSingletonsInstantiated() {
    W7sApp built = apps.getObject();
    app = built;
    if (served == Served.ELSEWHERE
        || config.mode() == W7sConfig.Mode.MEMORY
        || built.routes().isEmpty()) {
      return;
    }
    if (served == Served.NOT_AT_ALL) {
      throw new InvalidHandlerException(
          "%s has handlers, and nothing can reach them: the application has no web server."
              .formatted(built.id()),
          "Add spring-boot-starter-webmvc or spring-boot-starter-webflux. To serve the bean W7sApp"
              + " in another way, set w7s.consumers.path to nothing. To only send, set"
              + " w7s.consumers.enabled to false.");
    }
    service = signed(built);
  }

  private AppHandler signed(W7sApp built) {
    SignedHandler.Builder signed = SignedHandler.builder(built, config).time(time);
    used.ifAvailable(signed::used);
    return signed.build();
  }

  @Override
  public void start() {
    if (service != null) {
      gate.open(service);
    }
    if (app != null && app.hasDurableWorkflows() && config.mode() != W7sConfig.Mode.MEMORY) {
      runner = WorkflowRunner.start(app);
    }
    running = true;
  }

  @Override
  public void stop(Runnable callback) {
    running = false;
    var empty = new CompletableFuture<@Nullable Void>();
    gate.close(() -> empty.complete(null)); // first, so that nothing comes while the runner ends
    if (runner != null) {
      runner.close();
      runner = null;
    }
    empty.thenRun(callback);
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
