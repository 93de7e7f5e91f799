package io.w7s.sdk.emulator;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import io.w7s.sdk.emulator.DeployedApp.QueueTarget;
import io.w7s.sdk.emulator.Tokens.Kind;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.event.EventRegistry;
import io.w7s.sdk.event.EventRouter;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishedEvent;
import io.w7s.sdk.event.Subscriber;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Events on their way to the queues of those who subscribe to them. */
final class EventService {

  private static final CompletableFuture<Void> ENQUEUED = CompletableFuture.completedFuture(null);

  private final Registry registry;
  private final UsageLedger usage;
  private final TimeSource time;
  private final QueueEngine engine;
  private final PlatformListener listener;
  private final EventRegistry declared = new EventRegistry();
  private final EventRouter router;

  EventService(
      Registry registry,
      UsageLedger usage,
      TimeSource time,
      QueueEngine engine,
      PlatformListener listener) {
    this.registry = registry;
    this.usage = usage;
    this.time = time;
    this.engine = engine;
    this.listener = listener;
    this.router = EventRouter.builder(declared).time(time).build();
  }

  void deployed(Deployment deployment) {
    declared.put(deployment.app(), deployment.environment(), deployment.manifest());
  }

  void removed(AppId app, Environment environment) {
    declared.remove(app, environment);
  }

  /**
   * Hands an event to all who subscribe to it. What fails for one of them is in the receipt.
   *
   * @throws Refusal when nobody gets it
   */
  PublishReceipt publish(DeployedApp publisher, PublishedEvent event) {
    if (!declared.mayPublish(publisher.identity(), event.subject())) {
      throw new Refusal(
          Refusal.FORBIDDEN,
          "%s does not declare in events.publish that it publishes %s"
              .formatted(publisher.identity(), event.subject()));
    }
    usage.admit(Metric.EVENT_PUBLISH, publisher.account(), 1, time.now());
    PublishReceipt receipt;
    try {
      receipt =
          router.publish(
              publisher.identity(), event, (to, from, message) -> enqueue(publisher, to, message));
    } catch (StatusException refused) {
      throw new Refusal(refused.status(), refused.platformMessage(), Map.of(), null);
    }
    listener.published(publisher.identity(), receipt);
    return receipt;
  }

  private CompletableFuture<Void> enqueue(DeployedApp publisher, Subscriber to, byte[] message) {
    DeployedApp subscriber = registry.target(publisher, to.app());
    QueueTarget queue = subscriber.queue(to.queue());
    if (queue == null) {
      throw new Refusal(Refusal.NOT_FOUND, to + " is not declared");
    }
    Registry.requireAllowed(Kind.QUEUE, publisher, subscriber);
    Instant now = Envelope.toMillisecond(time.now());
    Envelope.requireFits(
        "event message",
        message,
        () -> Envelope.ofMessage(queue.state().id(), publisher.identity(), now, message));
    usage.admit(Metric.EVENT_DELIVERY, publisher.account(), 1, now);
    if (!engine.send(queue.state(), now, publisher.identity(), message, Duration.ZERO)) {
      throw new Refusal(Refusal.NOT_FOUND, to + " was removed");
    }
    return ENQUEUED;
  }
}
