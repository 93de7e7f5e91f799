package io.w7s.sdk.app;

import io.w7s.sdk.AppId;
import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.text.ThrowableText;
import io.w7s.sdk.internal.wire.SendAgain;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A queue whose messages are each handled once; what its deliveries share. */
final class ReliableQueue {

  private static final Logger log = LoggerFactory.getLogger(W7sApp.class);

  /** The platform's longest delay. */
  static final Duration LONGEST_DELAY = Duration.ofDays(1);

  /** A message that was due this long ago and is still held was lost on its way. */
  private static final Duration OVERDUE = Duration.ofMinutes(1);

  private static final int OVERDUE_AT_ONCE = 10;

  private final String shortName;
  private final String name;
  private final Consumption settings;
  private final LeaseKeeper leases;
  private final AtomicReference<Duration> lastLook;

  ReliableQueue(AppId app, String queue, Consumption settings) {
    this.shortName = queue;
    this.name = app + "/" + queue;
    this.settings = settings;
    this.leases = new LeaseKeeper(settings);
    this.lastLook = new AtomicReference<>(settings.time().elapsed());
  }

  /** Returns the queue as {@code owner/repo/name}. */
  String name() {
    return name;
  }

  /** Returns the queue's name alone. */
  String shortName() {
    return shortName;
  }

  Consumption settings() {
    return settings;
  }

  LeaseKeeper leases() {
    return leases;
  }

  /** Takes a delivery. */
  <B, M> AppResponse deliver(
      AppRequest request,
      AppContext context,
      HandlerKind kind,
      ReceivedBatch.Reader<B, M> reader,
      Handling<M> handling)
      throws Route.BadRequest {
    AppResponse response =
        new ReliableDelivery<>(this, context, kind, reader, handling, request).deliver();
    sendOverdueNowAndThen();
    return response;
  }

  /**
   * Sends a held message when it is due, or as late as the platform can hold it back. Only where
   * there is a client for it.
   */
  void send(ParkedMessage message) {
    Duration wait = Duration.between(settings.time().now(), message.due());
    Duration delay = wait.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : wait;
    new SendAgain(message.key(), message.token())
        .send(name, settings.queues().orElseThrow(), delay.isNegative() ? Duration.ZERO : delay);
  }

  /** Looks once a minute for messages whose way back was lost. */
  private void sendOverdueNowAndThen() {
    Duration now = settings.time().elapsed();
    Duration last = lastLook.get();
    if (now.minus(last).compareTo(OVERDUE) < 0 || !lastLook.compareAndSet(last, now)) {
      return;
    }
    try {
      sendOverdue();
    } catch (RuntimeException unreachable) {
      log.warn(
          "overdue messages of {} could not be sent again: {}",
          name,
          ThrowableText.of(unreachable));
    }
  }

  /** Sends messages that are overdue, some at a time; returns how many. */
  int sendOverdue() {
    ParkedMessages parked = settings.parked().orElse(null);
    if (parked == null || settings.queues().isEmpty()) {
      return 0;
    }
    Instant now = settings.time().now();
    int sent = 0;
    for (ParkedMessage message : parked.overdue(name, now.minus(OVERDUE), OVERDUE_AT_ONCE)) {
      // Due again now, so that it is not overdue while it is under way; the token stays.
      ParkedMessage underWay = message.toBuilder().due(now).build();
      if (parked.put(underWay, message.token())) {
        send(underWay);
        sent++;
        log.info("message {} of queue {} was overdue", SafeText.of(message.key()), name);
      }
    }
    return sent;
  }
}
