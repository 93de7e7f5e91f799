package io.w7s.sdk.emulator.internal.event;

import io.w7s.sdk.Caller;
import io.w7s.sdk.app.AppRequest;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.AppListener;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.app.Tokens.Kind;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.app.DeployedApp.DeployedQueue;
import io.w7s.sdk.emulator.internal.app.Registry;
import io.w7s.sdk.emulator.internal.app.UsageLedger;
import io.w7s.sdk.emulator.internal.queue.QueueEngine;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.internal.wire.StoredJson;
import io.w7s.sdk.error.CodecException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.error.StatusException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.events.EventMeter;
import io.w7s.sdk.events.EventRegistry;
import io.w7s.sdk.events.EventRouter;
import io.w7s.sdk.events.Subscriber;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.internal.wire.StoredMessage;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Hands events to the queues of their subscribers. Thread-safe. */
public final class EventService {

  private static final CompletableFuture<Void> ENQUEUED = CompletableFuture.completedFuture(null);

  private final Registry registry;
  private final UsageLedger usage;
  private final TimeSource time;
  private final QueueEngine engine;
  private final AppListener listener;
  private final EventRegistry declared = new EventRegistry();
  private final EventRouter router;

  /** Starts with no subscribers. */
  public EventService(
      Registry registry,
      UsageLedger usage,
      TimeSource time,
      QueueEngine engine,
      AppListener listener) {
    this.registry = registry;
    this.usage = usage;
    this.time = time;
    this.engine = engine;
    this.listener = listener;
    this.router = EventRouter.builder(declared).time(time).meter(new PublishLimit()).build();
  }

  /** Adds the publishers and subscribers of a deployment, or replaces those of the previous one. */
  public void deployed(Deployment deployment) {
    declared.put(deployment.app(), deployment.environment(), deployment.manifest());
  }

  /** Removes the publishers and subscribers of an app. */
  public void removed(AppInstance app) {
    declared.remove(app.app(), app.environment());
  }

  /** Counts publishes against the limits of the publisher. */
  private final class PublishLimit implements EventMeter {
    @Override
    public void publish(Caller publisher, String subject) {
      DeployedApp app = registry.caller(AppInstance.of(publisher));
      usage.admit(Metric.EVENT_PUBLISH, app.account(), 1, time.now());
    }
  }

  /**
   * Publishes the event in a request; as {@link #publish(DeployedApp, EventPublish)} otherwise.
   *
   * @throws Refusal when the body is not an event, or the platform does not accept it
   */
  public PublishReceipt publish(DeployedApp publisher, AppRequest request) {
    byte[] body = StoredJson.ofRequest("event", request.body());
    EventPublish event;
    try {
      event =
          EventMessage.read(JsonSlice.of(body)).toPublish(publisher.app(), request.headers(), time);
    } catch (CodecException | InvalidInputException notAnEvent) {
      throw new Refusal(Refusal.BAD_REQUEST, String.valueOf(notAnEvent.getMessage()));
    }
    return publish(publisher, event);
  }

  /**
   * Hands an event to all of its subscribers. The receipt tells for each whether that succeeded.
   *
   * @throws Refusal when the platform does not accept the event
   */
  public PublishReceipt publish(DeployedApp publisher, EventPublish event) {
    PublishReceipt receipt;
    try {
      receipt =
          router.publish(
              publisher.caller(), event, (to, from, message) -> enqueue(publisher, to, message));
    } catch (StatusException refused) {
      throw new Refusal(refused.status(), refused.platformMessage(), Map.of(), null);
    }
    listener.published(publisher.caller(), receipt);
    return receipt;
  }

  private CompletableFuture<Void> enqueue(DeployedApp publisher, Subscriber to, byte[] message) {
    DeployedApp subscriber = registry.target(publisher, to.app());
    DeployedQueue queue = subscriber.queue(to.queue());
    if (queue == null) {
      throw new Refusal(Refusal.NOT_FOUND, to + " is not declared");
    }
    Registry.requireAllowed(Kind.QUEUE, publisher, subscriber);
    Instant now = StoredJson.toMillisecond(time.now());
    StoredJson.requireFits(
        "event message",
        message,
        () ->
            new StoredMessage(now, publisher.caller(), JsonSlice.of(message))
                .toJson(to.app(), to.queue()));
    usage.admit(Metric.EVENT_DELIVERY, publisher.account(), 1, now);
    if (!engine.send(queue.id(), now, publisher.caller(), message, Duration.ZERO)) {
      throw new Refusal(Refusal.NOT_FOUND, to + " was removed");
    }
    return ENQUEUED;
  }
}
