package io.w7s.sdk.emulator.internal.queue;

import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.app.DeployedApp.DeployedQueue;
import io.w7s.sdk.emulator.internal.app.Dispatch;
import io.w7s.sdk.emulator.internal.app.Registry;
import io.w7s.sdk.emulator.internal.app.UsageLedger;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.spi.TimeSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands batches to the apps that consume them. Thread-safe; no lock is held meanwhile. */
final class QueueConsumer {

  private static final Logger log = LoggerFactory.getLogger(QueueConsumer.class);

  private final Registry registry;
  private final UsageLedger usage;
  private final TimeSource time;

  QueueConsumer(Registry registry, UsageLedger usage, TimeSource time) {
    this.registry = registry;
    this.usage = usage;
    this.time = time;
  }

  /** Hands a batch of a queue to its consumer, once. */
  DeliveryResult deliver(QueueId queue, List<PendingMessage> batch) {
    var messages = new ArrayList<QueueDelivery.Message>(batch.size());
    for (PendingMessage message : batch) {
      messages.add(
          new QueueDelivery.Message(
              message.id(),
              message.attempts(),
              message.enqueuedAt(),
              message.enqueuedAt(),
              message.caller(),
              JsonSlice.of(message.body())));
    }
    return deliverWire(queue, messages);
  }

  /** Hands messages to the consumer of a queue, once, as one batch. */
  DeliveryResult deliverWire(QueueId queue, List<QueueDelivery.Message> messages) {
    DeployedApp target = registry.find(queue.owner());
    DeployedQueue declared = target == null ? null : target.queue(queue.name());
    if (target == null || declared == null || target.handler() == null) {
      return DeliveryResult.failed("nobody consumes " + queue.name() + " of " + queue.owner());
    }
    DeliveryResult dropped = overLimit(target, messages.size());
    if (dropped != null) {
      return dropped;
    }
    var batch = new QueueDelivery(queue.name(), declared.physicalName(), messages);
    return Dispatch.result(
        target,
        declared.consumer(),
        Dispatch.deliver(target, declared.consumer(), declared.headers(), batch.toJson()));
  }

  private @Nullable DeliveryResult overLimit(DeployedApp target, int messages) {
    try {
      usage.admit(Metric.QUEUE_DELIVERY, target.account(), messages, time.now());
      return null;
    } catch (Refusal over) {
      log.warn("dropped {} messages for {}: {}", messages, target.instance(), over.words());
      return DeliveryResult.dropped(over.words());
    }
  }
}
