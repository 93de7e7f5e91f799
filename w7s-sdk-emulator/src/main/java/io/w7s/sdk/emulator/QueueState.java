package io.w7s.sdk.emulator;

import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.DeadLetter.Reason;
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

/**
 * One queue: the messages that are available in the order they became so, those that are not by the
 * time they will be, and one item on the agenda for the first moment something can happen. Its lock
 * is its monitor; the agenda's is taken inside it, never the other way around.
 */
final class QueueState extends Agenda.Item {

  private static final long NEVER = Long.MAX_VALUE;

  private final QueueEngine engine;
  private final Timeline timeline;
  private final QueueId id;
  private final ArrayDeque<QueuedMessage> ready = new ArrayDeque<>();
  private final PriorityQueue<QueuedMessage> delayed =
      new PriorityQueue<>(QueuedMessage.BY_AVAILABILITY);

  private QueueSettings settings;
  private int batchSize;
  private long batchWait;
  private int inFlight;
  private boolean removed;

  /** When this is on the agenda. */
  private long armed = NEVER;

  /** Also the order of the messages. */
  private long sent;

  private long returned;
  private long acknowledged;
  private long deadLettered;

  QueueState(QueueEngine engine, QueueId id, QueueSettings settings) {
    super(true);
    this.engine = engine;
    this.timeline = engine.timeline();
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

  QueueId id() {
    return id;
  }

  /** Makes a message that is not on the queue yet. */
  QueuedMessage message(
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
      return new QueuedMessage(
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

  /** Makes a copy of a message that was sent, with a delay of its own. It is not sent once more. */
  QueuedMessage copy(QueuedMessage message, Duration delay) {
    long now = timeline.nanos();
    long availableAt = Timeline.later(now, delay);
    synchronized (this) {
      return message.copy(availableAt, Math.max(availableAt, now + batchWait), sent + returned++);
    }
  }

  /** Puts a message on the queue. Returns false when the queue was removed. */
  synchronized boolean add(QueuedMessage message) {
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

  /** The agenda says that something may be due. */
  @Override
  protected void run() {
    List<QueuedMessage> batch;
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
    List<QueuedMessage> batch;
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

  private void deliver(List<QueuedMessage> batch) {
    Delivery delivery = Delivery.failed("the delivery broke off with an error of the JVM");
    try {
      delivery = engine.deliver(batch);
    } finally {
      settle(
          batch, delivery); // an Error goes on to whoever drives; the messages are not lost by it
    }
  }

  private void settle(List<QueuedMessage> batch, Delivery delivery) {
    List<QueuedMessage> dropped = List.of();
    List<QueuedMessage> again = List.of();
    Reason reason = Reason.LIMIT;
    synchronized (this) {
      switch (delivery.outcome()) {
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
    engine.settled(batch, delivery, again);
    for (QueuedMessage message : dropped) {
      engine.drop(message, reason, delivery.cause());
    }
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
    for (QueuedMessage message : dropped) {
      engine.drop(message, Reason.QUEUE_REMOVED, delivery.cause());
    }
  }

  /** Parts a batch that failed in what comes again and what had its last retry. */
  private void sort(
      List<QueuedMessage> batch, List<QueuedMessage> again, List<QueuedMessage> exhausted) {
    long availableAt = Timeline.later(timeline.nanos(), settings.retryDelay());
    for (QueuedMessage message : batch) {
      if (removed || message.attempts() > settings.maxRetries()) {
        exhausted.add(message);
      } else {
        again.add(message.again(availableAt, sent + returned++));
      }
    }
  }

  int remove() {
    List<QueuedMessage> dropped;
    synchronized (this) {
      removed = true;
      armed = NEVER;
      timeline.agenda().cancel(this);
      dropped = waiting();
      ready.clear();
      delayed.clear();
      deadLettered += dropped.size();
    }
    for (QueuedMessage message : dropped) {
      engine.drop(message, Reason.QUEUE_REMOVED, "");
    }
    return dropped.size();
  }

  synchronized List<QueuedMessage> waiting() {
    List<QueuedMessage> all = new ArrayList<>(ready.size() + delayed.size());
    all.addAll(ready);
    List<QueuedMessage> later = new ArrayList<>(delayed);
    later.sort(QueuedMessage.BY_AVAILABILITY);
    all.addAll(later);
    return all;
  }

  synchronized QueueCounts counts() {
    int available = ready.size();
    long now = timeline.nanos();
    // one whose moment has come counts as ready, though the agenda has not got to it yet
    int due = (int) delayed.stream().filter(message -> message.availableAt <= now).count();
    return new QueueCounts(
        available + due, delayed.size() - due, inFlight, sent, acknowledged, deadLettered);
  }

  private void makeAvailable(long now) {
    for (QueuedMessage next = delayed.peek();
        next != null && next.availableAt <= now;
        next = delayed.peek()) {
      ready.add(delayed.remove());
    }
  }

  /**
   * When a batch of what is ready goes out. Looks at less than a batch: from a full one on, it is
   * now.
   */
  private long dueAt(long now) {
    if (ready.size() >= batchSize) {
      return now;
    }
    long first = NEVER;
    for (QueuedMessage message : ready) {
      first = Math.min(first, message.deadline);
    }
    return first;
  }

  private List<QueuedMessage> takeBatch() {
    RandomGenerator shuffle = engine.shuffle();
    if (shuffle != null) {
      shuffle(shuffle);
    }
    inFlight = Math.min(batchSize, ready.size());
    if (inFlight == 1) {
      return List.of(ready.remove());
    }
    var batch = new QueuedMessage[inFlight];
    Arrays.setAll(batch, i -> ready.remove());
    return List.of(batch);
  }

  /** A queue promises no order; whoever wants to see that has the order shuffled. */
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
    QueuedMessage next = delayed.peek();
    long due = dueAt(now);
    armBy(next == null ? due : Math.min(due, next.availableAt));
  }

  private void armBy(long due) {
    if (due < armed && inFlight == 0) {
      // what is overdue is due now: it has no right to go before what is due already
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
