package io.w7s.sdk.emulator;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.DeployedApp.QueueTarget;
import io.w7s.sdk.emulator.Tokens.Kind;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends to queues, and deliveries from them. */
final class QueueService {

  private static final Logger log = LoggerFactory.getLogger(QueueService.class);

  private final Registry registry;
  private final UsageLedger usage;
  private final TimeSource time;
  private final QueueEngine engine;

  QueueService(Registry registry, UsageLedger usage, TimeSource time, QueueEngine engine) {
    this.registry = registry;
    this.usage = usage;
    this.time = time;
    this.engine = engine;
  }

  /**
   * Returns the queue that a caller may send to.
   *
   * @throws Refusal with 404 or 403
   */
  QueueTarget target(DeployedApp caller, AppId app, String queue) {
    DeployedApp target = registry.target(caller, app);
    QueueTarget declared = target.queue(queue);
    if (declared == null) {
      throw noQueue(app, queue);
    }
    Registry.requireAllowed(Kind.QUEUE, caller, target);
    return declared;
  }

  private static Refusal noQueue(AppId app, String queue) {
    return new Refusal(
        Refusal.NOT_FOUND, "The deployment of %s declares no queue %s".formatted(app, queue));
  }

  /**
   * Takes a message.
   *
   * @param body JSON
   * @throws Refusal when the platform says no
   */
  SendReceipt send(DeployedApp caller, AppId app, String queue, byte[] body, Duration delay) {
    QueueTarget target = target(caller, app, queue);
    requireDelay(delay);
    Instant now = Envelope.toMillisecond(time.now());
    Envelope.requireFits(
        "message body",
        body,
        () -> Envelope.ofMessage(target.state().id(), caller.identity(), now, body));
    usage.admit(Metric.QUEUE_SEND, caller.account(), 1, now);
    if (!engine.send(target.state(), now, caller.identity(), body, delay)) {
      usage.giveBack(Metric.QUEUE_SEND, caller.account(), 1, now);
      throw noQueue(app, queue); // it was removed this moment
    }
    return new SendReceipt(app, target.name(), now);
  }

  static void requireDelay(Duration delay) {
    if (delay.isZero()) {
      return;
    }
    if (delay.isNegative()
        || delay.compareTo(QueueSettings.LONGEST_DELAY) > 0
        || delay.toNanosPart() != 0) {
      throw new Refusal(
          Refusal.BAD_REQUEST, "A queue delay must be a whole number of seconds from 0 to 86400");
    }
  }

  /** Hands a batch to its queue's consumer, once. */
  Delivery deliver(List<QueuedMessage> batch) {
    QueueId queue = batch.get(0).queue();
    var messages = new ArrayList<QueueDelivery.Message>(batch.size());
    for (QueuedMessage message : batch) {
      messages.add(
          new QueueDelivery.Message(
              message.id(),
              message.attempts(),
              message.enqueuedAt(),
              message.enqueuedAt(),
              message.caller(),
              JsonSlice.of(message.body())));
    }
    return deliver(queue.owner(), queue.name(), messages);
  }

  /** Hands messages to a queue's consumer, once, as one batch. */
  Delivery deliver(Caller owner, String queue, List<QueueDelivery.Message> messages) {
    DeployedApp target = registry.find(owner);
    QueueTarget declared = target == null ? null : target.queue(queue);
    if (target == null || declared == null || target.endpoint() == null) {
      return Delivery.failed("nobody consumes " + queue + " of " + owner);
    }
    Delivery dropped = overLimit(target, messages.size());
    if (dropped != null) {
      return dropped;
    }
    var batch = new QueueDelivery(declared.name(), declared.physicalName(), messages);
    return Dispatch.delivery(
        target,
        declared.consumer(),
        Dispatch.deliver(target, declared.consumer(), declared.headers(), batch.toJson()));
  }

  private @Nullable Delivery overLimit(DeployedApp target, int messages) {
    try {
      usage.admit(Metric.QUEUE_DELIVERY, target.account(), messages, time.now());
      return null;
    } catch (Refusal over) {
      log.warn("{} messages for {} dropped: {}", messages, target.identity(), over.words());
      return Delivery.dropped(over.words());
    }
  }
}
