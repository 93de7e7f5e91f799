package io.w7s.sdk.app;

import io.w7s.sdk.Headers;
import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.text.ThrowableText;
import io.w7s.sdk.internal.text.TraceParent;
import io.w7s.sdk.internal.wire.QueueDelivery;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the messages of a delivery into the store of parked messages, and takes them out again. What
 * the store throws passes through, unless it says otherwise.
 */
final class Parking {

  private static final Logger log = LoggerFactory.getLogger(W7sApp.class);

  private final ReliableQueue queue;
  private final Consumption settings;
  private final ParkedMessages store;
  private final Headers headers;

  /**
   * Creates the parking of one delivery.
   *
   * @param headers those of the delivery
   */
  Parking(ReliableQueue queue, ParkedMessages store, Headers headers) {
    this.queue = queue;
    this.settings = queue.settings();
    this.store = store;
    this.headers = headers;
  }

  /** Returns whether messages can be sent again from here. */
  boolean sendsAgain() {
    return settings.queues().isPresent();
  }

  /** Returns the message with a key; empty when it is not parked. */
  Optional<ParkedMessage> find(String key) {
    return store.find(queue.name(), key);
  }

  /** Returns a message that was kept before its last delivery and is not decided since. */
  private Optional<ParkedMessage> kept(String key) {
    return find(key).filter(ParkedMessage::isUndecided);
  }

  /**
   * Keeps a message that the platform will not deliver again, in case the process ends before the
   * message is decided. If that fails, the message is handled all the same: that may be its rescue.
   */
  void keepBeforeLastDelivery(DeliveredMessage<?, ?> message) {
    if (message.parked() != null || message.attempt() < Consumption.PLATFORM_ATTEMPTS) {
      return;
    }
    try {
      ParkedMessage kept =
          describe(message)
              .state(sendsAgain() ? ParkedMessage.State.HELD : ParkedMessage.State.PARKED)
              .due(settings.time().now().plus(settings.lease()))
              .reason("its last delivery did not end")
              .attempts(message.attempt() - 1)
              .run(0)
              .build();
      message.parked(store.put(kept, null) ? kept : kept(message.key()).orElse(null));
    } catch (RuntimeException unreachable) {
      warn("could not be kept before its last delivery", message.key(), unreachable);
    }
  }

  /**
   * Looks whether another delivery has kept a message in the meantime. If the store cannot be
   * reached, the message comes back from it some time, and is done then.
   */
  void findKept(DeliveredMessage<?, ?> message) {
    if (message.parked() != null) {
      return;
    }
    try {
      message.parked(kept(message.key()).orElse(null));
    } catch (RuntimeException unreachable) {
      warn("may be among the parked ones, though it is done", message.key(), unreachable);
    }
  }

  /** Parks a message in place of what the store has of it; returns what is stored. */
  ParkedMessage park(DeliveredMessage<?, ?> message, String reason) {
    return put(message, ParkedMessage.State.PARKED, settings.time().now(), reason);
  }

  /**
   * Holds a message back, which replaces its entry in the store, and sends it again with a delay.
   * Returns the entry.
   */
  ParkedMessage hold(DeliveredMessage<?, ?> message, Duration wait, String reason) {
    Instant now = settings.time().now();
    Duration longest = Duration.between(now, Instant.MAX);
    Instant due = wait.compareTo(longest) > 0 ? Instant.MAX : now.plus(wait);
    ParkedMessage held = put(message, ParkedMessage.State.HELD, due, reason);
    sendOnItsWay(held);
    return held;
  }

  private ParkedMessage put(
      DeliveredMessage<?, ?> message, ParkedMessage.State state, Instant due, String reason) {
    ParkedMessage former = message.parked();
    while (true) {
      ParkedMessage next =
          describe(message)
              .state(state)
              .due(due)
              .reason(reason)
              .run(former == null ? 1 : former.run() + 1)
              .build();
      if (store.put(next, former == null ? null : former.token())) {
        return next;
      }
      former = find(message.key()).orElse(null);
      if (former != null && message.parked() == null && !former.isUndecided()) {
        return former; // an earlier delivery has parked it
      }
    }
  }

  private ParkedMessage.Builder describe(DeliveredMessage<?, ?> message) {
    QueueDelivery.Message wire = message.wire();
    ParkedMessage former = message.parked();
    return ParkedMessage.builder(queue.name(), message.key())
        .messageId(MessageKeys.isKey(wire.id()) ? wire.id() : message.key())
        .attempts(wire.attempts())
        .body(wire.body().toBytes())
        .headers(former == null ? withoutSecrets(headers) : former.headers())
        .enqueuedAt(wire.enqueuedAt())
        .caller(wire.caller() == null ? ReceivedBatch.localSender(headers) : wire.caller())
        .parkedAt(settings.time().now())
        .token(RandomIds.next(settings.time().random()));
  }

  /** Returns the headers that say where a message is from. Others may be secret. */
  private static Headers withoutSecrets(Headers headers) {
    Headers.Builder shown = Headers.builder();
    headers.forEach(
        (name, value) -> {
          if (name.startsWith("x-w7s-queue") || name.equals(TraceParent.NAME)) {
            shown.add(name, value);
          }
        });
    return shown.build();
  }

  /**
   * Sends a message again, with its delay, if it is held back and not parked. When that fails, the
   * message becomes overdue, and is sent then.
   */
  void sendOnItsWay(ParkedMessage held) {
    if (held.state() != ParkedMessage.State.HELD || !sendsAgain()) {
      return;
    }
    try {
      queue.send(held);
    } catch (RuntimeException unsent) {
      warn("is held back, and will be sent with the deliveries that follow", held.key(), unsent);
    }
  }

  /**
   * Removes a message that is decided, if it is parked. When that fails, it comes back some time,
   * is done, and is removed then.
   */
  void remove(DeliveredMessage<?, ?> message) {
    ParkedMessage stored = message.parked();
    if (stored == null) {
      return;
    }
    try {
      store.remove(stored);
    } catch (RuntimeException unreachable) {
      warn("is done, and could not be removed from the parked ones", message.key(), unreachable);
    }
  }

  private void warn(String what, String key, RuntimeException thrown) {
    log.warn(
        "message {} of queue {} {}: {}",
        SafeText.of(key),
        queue.name(),
        what,
        ThrowableText.of(thrown));
  }
}
