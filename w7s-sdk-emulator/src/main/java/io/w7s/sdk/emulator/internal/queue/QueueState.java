package io.w7s.sdk.emulator.internal.queue;

import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.queue.DeadLetter.Reason;
import io.w7s.sdk.emulator.queue.QueueCounts;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.queue.QueueSettings;
import io.w7s.sdk.emulator.time.Agenda;
import io.w7s.sdk.emulator.time.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One queue: the available messages in the order in which they became available, the delayed ones
 * by the time at which they become available, and one item on the agenda for the next moment at
 * which something can happen. Its lock is its monitor; the lock of the agenda is taken inside it,
 * never the other way around.
 */
final class QueueState extends Agenda.Item {

  private static final Logger log = LoggerFactory.getLogger(QueueState.class);

  private static final long NEVER = Long.MAX_VALUE;

  private final QueueContext context;
  private final Timeline timeline;
  private final QueueId id;
  private final ArrayDeque<PendingMessage> ready = new ArrayDeque<>();
  private final PriorityQueue<PendingMessage> delayed =
      new PriorityQueue<>(PendingMessage.BY_AVAILABILITY);

  private QueueSettings settings;
  private int batchSize;
  private long batchWait;
  private int inFlight;
  private boolean removed;

  /** When this item of the agenda is due. */
  private long armed = NEVER;

  /** The number of messages sent; also gives them their order. */
  private long sent;

  private long returned;
  private long acknowledged;
  private long deadLettered;

  QueueState(QueueContext context, QueueId id, QueueSettings settings) {
    super(true);
    this.context = context;
    this.timeline = context.timeline();
    this.id = id;
    this.settings = settings;
    this.batchSize = settings.batchSize();
    this.batchWait = settings.batchWait().toNanos();
  }

  synchronized void change(QueueSettings changed) {
    settings = changed;
    batchSize = changed.batchSize();
    batchWait = changed.batchWait().toNanos();
    arm(); // a smaller batch may be full
  }

  /** Makes a message without putting it on the queue. */
  PendingMessage message(
      long idHigh,
      long idLow,
      int attempts,
      Instant enqueuedAt,
      @Nullable Caller caller,
      byte[] body,
      Duration delay) {
    long now = timeline.nanos();
    long availableAt = delay.isZero() ? now : Timeline.later(now, delay);
    synchronized (this) {
      long deadline = Math.max(availableAt, now + batchWait);
      return new PendingMessage(
          id,
          idHigh,
          idLow,
          attempts,
          enqueuedAt,
          caller,
          body,
          availableAt,
          deadline,
          sent++ + returned);
    }
  }

  /** Makes a copy of a message, with a delay of its own; it does not count as sent. */
  PendingMessage copy(PendingMessage message, Duration delay) {
    long now = timeline.nanos();
    long availableAt = Timeline.later(now, delay);
    synchronized (this) {
      return message.copy(availableAt, Math.max(availableAt, now + batchWait), sent + returned++);
    }
  }

  /**
   * Puts a message on the queue that a store has kept. It is not delivered before {@link #start}.
   */
  synchronized void restore(PendingMessage message) {
    delayed.add(message);
  }

  /** Delivers what is on the queue from now on. Does nothing when it does so already. */
  synchronized void start() {
    arm();
  }

  /** Puts a message on the queue. Returns false when the queue is removed. */
  synchronized boolean add(PendingMessage message) {
    if (removed) {
      return false;
    }
    long now = timeline.nanos();
    if (message.availableAt > now) {
      delayed.add(message);
      armBy(message.availableAt);
    } else {
      ready.add(message);
      armBy(ready.size() >= batchSize ? now : message.deadline);
    }
    return true;
  }

  @Override
  protected void run() {
    List<PendingMessage> batch;
    synchronized (this) {
      armed = NEVER;
      if (inFlight > 0 || removed) {
        return; // settling arms again
      }
      long now = timeline.nanos();
      makeAvailable(now);
      if (dueAt(now) > now) {
        arm();
        return;
      }
      batch = takeBatch();
    }
    deliver(batch);
  }

  int deliverNow() {
    List<PendingMessage> batch;
    synchronized (this) {
      makeAvailable(timeline.nanos());
      if (inFlight > 0 || ready.isEmpty()) {
        return 0;
      }
      batch = takeBatch();
    }
    deliver(batch);
    return batch.size();
  }

  private void deliver(List<PendingMessage> batch) {
    DeliveryResult delivery = DeliveryResult.failed("the delivery ended with an Error");
    try {
      context.listener().delivering(List.copyOf(batch));
      delivery = context.consumer().deliver(id, batch);
    } catch (RuntimeException e) {
      log.warn("queue {}: the delivery of {} messages threw", id, batch.size(), e);
      delivery = DeliveryResult.failed("the delivery threw " + e.getClass().getName());
    } finally {
      settle(batch, delivery); // an Error goes on to the driver, but the messages are not lost
    }
  }

  private void settle(List<PendingMessage> batch, DeliveryResult delivery) {
    List<PendingMessage> dropped = List.of();
    List<PendingMessage> again = List.of();
    Reason reason = Reason.LIMIT;
    synchronized (this) {
      switch (delivery.status()) {
        case DONE -> acknowledged += batch.size();
        case DROPPED -> dropped = batch;
        case FAILED -> {
          reason = removed ? Reason.QUEUE_REMOVED : Reason.RETRIES_EXHAUSTED;
          dropped = new ArrayList<>();
          again = new ArrayList<>();
          sort(batch, again, dropped);
        }
      }
      deadLettered += dropped.size();
    }
    report(batch, delivery, again);
    drop(dropped, reason, delivery);
    synchronized (this) {
      inFlight = 0;
      if (removed) {
        dropped = again;
        deadLettered += again.size();
      } else {
        delayed.addAll(again);
        dropped = List.of();
        arm();
      }
    }
    drop(dropped, Reason.QUEUE_REMOVED, delivery);
  }

  /** Records the result of a delivery, with no lock held and before anything is delivered again. */
  private void report(
      List<PendingMessage> batch, DeliveryResult delivery, List<PendingMessage> again) {
    context.listener().delivered(List.copyOf(batch), delivery);
    if (!again.isEmpty()) {
      log.warn(
          "queue {}: {} of {} messages are delivered again: {}",
          id,
          again.size(),
          batch.size(),
          delivery.cause());
    }
    if (delivery.status() == DeliveryResult.Status.DONE) {
      context.kept().forget(batch);
    }
    if (again.isEmpty()) {
      return;
    }
    // they are available at the same time
    Instant at = timeline.now().plusNanos(again.get(0).availableAt - timeline.nanos());
    context.kept().deliverAgain(again, at);
    again.forEach(message -> context.listener().retrying(message, at));
  }

  private void drop(List<PendingMessage> messages, Reason reason, DeliveryResult delivery) {
    for (PendingMessage message : messages) {
      context.deadLetters().drop(message, reason, delivery.details(message.id()));
    }
  }

  /** Splits a batch that failed into the messages to retry and those without retries left. */
  private void sort(
      List<PendingMessage> batch, List<PendingMessage> again, List<PendingMessage> exhausted) {
    long availableAt = Timeline.later(timeline.nanos(), settings.retryDelay());
    for (PendingMessage message : batch) {
      if (removed || message.attempts() > settings.maxRetries()) {
        exhausted.add(message);
      } else {
        again.add(message.forRetry(availableAt, sent + returned++));
      }
    }
  }

  /** Ends the queue, and drops the messages on it; those with the consumer settle later. */
  void remove() {
    List<PendingMessage> dropped;
    synchronized (this) {
      removed = true;
      armed = NEVER;
      timeline.agenda().cancel(this);
      dropped = waiting();
      ready.clear();
      delayed.clear();
      deadLettered += dropped.size();
    }
    drop(dropped, Reason.QUEUE_REMOVED, DeliveryResult.dropped(""));
  }

  synchronized List<PendingMessage> waiting() {
    List<PendingMessage> all = new ArrayList<>(ready.size() + delayed.size());
    all.addAll(ready);
    List<PendingMessage> later = new ArrayList<>(delayed);
    later.sort(PendingMessage.BY_AVAILABILITY);
    all.addAll(later);
    return all;
  }

  synchronized QueueCounts counts() {
    int available = ready.size();
    long now = timeline.nanos();
    // a delayed message that is due counts as ready, even before the agenda runs this queue
    int due = (int) delayed.stream().filter(message -> message.availableAt <= now).count();
    return new QueueCounts(
        available + due, delayed.size() - due, inFlight, sent, acknowledged, deadLettered);
  }

  private void makeAvailable(long now) {
    for (PendingMessage next = delayed.peek();
        next != null && next.availableAt <= now;
        next = delayed.peek()) {
      ready.add(delayed.remove());
    }
  }

  /** Returns when the next batch of the ready messages is due. */
  private long dueAt(long now) {
    if (ready.size() >= batchSize) {
      return now;
    }
    long first = NEVER;
    for (PendingMessage message : ready) {
      first = Math.min(first, message.deadline);
    }
    return first;
  }

  private List<PendingMessage> takeBatch() {
    RandomGenerator shuffle = context.shuffle();
    if (shuffle != null) {
      shuffle(shuffle);
    }
    inFlight = Math.min(batchSize, ready.size());
    if (inFlight == 1) {
      return List.of(ready.remove());
    }
    var batch = new PendingMessage[inFlight];
    Arrays.setAll(batch, i -> ready.remove());
    return List.of(batch);
  }

  /** A queue guarantees no order; shuffling reveals apps that rely on one. */
  private void shuffle(RandomGenerator random) {
    var all = new ArrayList<>(ready);
    for (int i = all.size() - 1; i > 0; i--) {
      Collections.swap(all, i, random.nextInt(i + 1));
    }
    ready.clear();
    ready.addAll(all);
  }

  private void arm() {
    long now = timeline.nanos();
    PendingMessage next = delayed.peek();
    long due = dueAt(now);
    armBy(next == null ? due : Math.min(due, next.availableAt));
  }

  private void armBy(long due) {
    if (due < armed && inFlight == 0) {
      // overdue items are due now, and must not run before items that are due already
      long at = Math.max(due, timeline.nanos());
      if (at < armed) {
        armed = at;
        timeline.agenda().schedule(this, at);
      }
    }
  }

  @Override
  public String toString() {
    return "queue " + id;
  }
}
