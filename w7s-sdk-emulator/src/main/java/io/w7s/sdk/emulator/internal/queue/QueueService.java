package io.w7s.sdk.emulator.internal.queue;

import io.w7s.sdk.AppId;
import io.w7s.sdk.emulator.app.Metric;
import io.w7s.sdk.emulator.app.Tokens.Kind;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.app.DeployedApp.DeployedQueue;
import io.w7s.sdk.emulator.internal.app.Registry;
import io.w7s.sdk.emulator.internal.app.UsageLedger;
import io.w7s.sdk.emulator.internal.wire.Refusal;
import io.w7s.sdk.emulator.internal.wire.StoredJson;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.queue.QueueSettings;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.StoredMessage;
import io.w7s.sdk.queue.SendReceipt;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** Sends of apps to queues: what may be sent, and by whom. Thread-safe. */
public final class QueueService {

  private final Registry registry;
  private final UsageLedger usage;
  private final TimeSource time;
  private final QueueEngine engine;

  /** Starts with no queues. */
  public QueueService(Registry registry, UsageLedger usage, TimeSource time, QueueEngine engine) {
    this.registry = registry;
    this.usage = usage;
    this.time = time;
    this.engine = engine;
  }

  /**
   * Returns the queue that a caller wants to send to.
   *
   * @throws Refusal with 404 when there is none, with 403 when the caller may not send to it
   */
  public QueueId target(DeployedApp caller, AppId app, String queue) {
    DeployedApp target = registry.target(caller, app);
    DeployedQueue declared = target.queue(queue);
    if (declared == null) {
      throw noQueue(app, queue);
    }
    Registry.requireAllowed(Kind.QUEUE, caller, target);
    return declared.id();
  }

  private static Refusal noQueue(AppId app, String queue) {
    return new Refusal(
        Refusal.NOT_FOUND, "The deployment of %s declares no queue %s".formatted(app, queue));
  }

  /**
   * Accepts a message.
   *
   * @param body JSON
   * @throws Refusal when the platform does not accept the message
   * @throws NotStoredException when the store does not keep it
   */
  public SendReceipt send(
      DeployedApp caller, AppId app, String queue, byte[] body, Duration delay) {
    QueueId target = target(caller, app, queue);
    requireDelay(delay);
    Instant now = StoredJson.toMillisecond(time.now());
    byte[] stored = StoredJson.of("message body", body);
    usage.admit(Metric.QUEUE_SEND, caller.account(), 1, now);
    try {
      StoredJson.requireFits(
          "message body",
          stored,
          () ->
              new StoredMessage(now, caller.caller(), JsonSlice.of(stored))
                  .toJson(app, target.name()));
    } catch (Refusal tooLarge) {
      usage.giveBack(Metric.QUEUE_SEND, caller.account(), 1, now);
      throw tooLarge;
    }
    boolean sent = false;
    try {
      sent = engine.send(target, now, caller.caller(), stored, delay);
    } finally {
      if (!sent) {
        usage.giveBack(Metric.QUEUE_SEND, caller.account(), 1, now);
      }
    }
    if (!sent) {
      throw noQueue(app, queue); // it was removed this moment
    }
    return new SendReceipt(app, target.name(), now);
  }

  /**
   * Checks a delay.
   *
   * @throws Refusal with 400 when it is not a whole number of seconds up to a day
   */
  public static void requireDelay(Duration delay) {
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
}
