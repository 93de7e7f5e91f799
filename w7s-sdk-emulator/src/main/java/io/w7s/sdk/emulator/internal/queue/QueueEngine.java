package io.w7s.sdk.emulator.internal.queue;

import io.w7s.sdk.Caller;
import io.w7s.sdk.emulator.app.DeliveryResult;
import io.w7s.sdk.emulator.internal.app.DeployedApp;
import io.w7s.sdk.emulator.internal.app.Registry;
import io.w7s.sdk.emulator.internal.app.UsageLedger;
import io.w7s.sdk.emulator.queue.DeadLetter;
import io.w7s.sdk.emulator.queue.DeliveredMessage;
import io.w7s.sdk.emulator.queue.EnqueueFault;
import io.w7s.sdk.emulator.queue.QueueCounts;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.queue.QueueListener;
import io.w7s.sdk.emulator.queue.QueueSettings;
import io.w7s.sdk.emulator.queue.QueuedMessage;
import io.w7s.sdk.emulator.queue.Queues;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.wire.QueueDelivery;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.spi.MessageStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The queues: at-least-once delivery, in batches that are acknowledged as a whole.
 *
 * <p>A batch is delivered when enough messages are available to fill it, or when one of them has
 * waited long enough: until {@link QueueSettings#batchWait} after it was sent or until its delay
 * has ended, whichever is later. When a delivery fails, the whole batch returns to the queue, and
 * its messages are available again, and have waited long enough, after the retry delay. A message
 * that failed {@code 1 + maxRetries} times is dropped: logged, counted and kept among the {@link
 * #deadLetters()}.
 *
 * <p>A queue has one batch with its consumer at a time; batches of different queues run
 * concurrently when the agenda runs its items on several threads. A queue has one item on the
 * agenda, not one for each message.
 *
 * <p>When an app is deployed again, its queues keep their messages, with their times and attempts;
 * new settings apply to later sends, batches and retries. When a queue is removed, its messages
 * become dead letters; a batch that is with the consumer is acknowledged when it succeeds, and
 * dropped when it fails. A queue of the same name that is declared later starts empty.
 *
 * <p>Thread-safe; no lock is held while a batch is delivered.
 */
public final class QueueEngine implements Queues {

  /** A message that arrives once and at once. */
  private static final List<Duration> ONE = List.of(Duration.ZERO);

  /** Longer ones do not differ for a clock that counts nanoseconds. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private final QueueContext context;
  private final RandomGenerator random;
  private final QueueSettings defaults;
  private final @Nullable EnqueueFault fault;
  private final Map<QueueId, QueueSettings> configured = new ConcurrentHashMap<>();
  private final Map<QueueId, QueueState> queues = new ConcurrentHashMap<>();

  /** Starts with no queues. */
  public QueueEngine(
      Registry registry,
      UsageLedger usage,
      Timeline timeline,
      QueueListener listener,
      QueueOptions options) {
    random = timeline.random();
    defaults = options.defaults();
    fault = options.fault();
    var kept = new KeptMessages(options.store());
    context =
        new QueueContext(
            timeline,
            new QueueConsumer(registry, usage, timeline),
            kept,
            new DeadLetters(timeline, kept, listener, options.deadLettersKept()),
            listener,
            options.shuffled() ? timeline.random() : null);
  }

  /**
   * Makes the queues of an app that do not exist yet, with the messages the store has kept. Those
   * are delivered after {@link #start}, when the app is there to consume them.
   */
  public void declare(DeployedApp app) {
    for (Manifest.Queue queue : app.manifest().queues()) {
      var id = new QueueId(app.instance(), queue.name());
      context.kept().declare(id, queue.consumer());
      queues.computeIfAbsent(id, this::restored);
    }
  }

  /** Delivers the messages that are on the queues of an app. */
  public void start(DeployedApp app) {
    for (Manifest.Queue queue : app.manifest().queues()) {
      existing(new QueueId(app.instance(), queue.name())).start();
    }
  }

  private QueueState restored(QueueId id) {
    var queue = new QueueState(context, id, settings(id));
    for (MessageStore.Message stored : context.kept().load(id)) {
      Duration left = Duration.between(context.timeline().now(), stored.availableAt());
      queue.restore(
          queue.message(
              HexFormat.fromHexDigitsToLong(stored.id().substring(0, 16)),
              HexFormat.fromHexDigitsToLong(stored.id().substring(16)),
              stored.attempts(),
              stored.enqueuedAt(),
              stored.caller(),
              stored.body(),
              left.isNegative() ? Duration.ZERO : left));
    }
    return queue;
  }

  /**
   * Removes the queues of an app, and drops the messages on them.
   *
   * @param kept the manifest whose queues stay
   */
  public void remove(DeployedApp app, Manifest kept) {
    for (Manifest.Queue queue : app.manifest().queues()) {
      if (kept.queues().stream().noneMatch(other -> other.name().equals(queue.name()))) {
        QueueState removed = queues.remove(new QueueId(app.instance(), queue.name()));
        if (removed != null) {
          removed.remove();
        }
      }
    }
  }

  /**
   * Puts a message on a queue.
   *
   * @return whether the queue exists
   * @throws NotStoredException when the store does not keep it; it is on no queue then
   */
  public boolean send(
      QueueId id, Instant enqueuedAt, @Nullable Caller caller, byte[] body, Duration delay) {
    QueueState queue = queues.get(id);
    if (queue == null) {
      return false;
    }
    long idHigh = random.nextLong();
    long idLow = random.nextLong();
    PendingMessage message = queue.message(idHigh, idLow, 1, enqueuedAt, caller, body, delay);
    context.kept().accept(message, enqueuedAt.plus(delay));
    context.listener().sent(message, delay); // before it can be delivered
    List<Duration> copies = fault == null ? ONE : fault.copies(id);
    if (copies.size() == 1 && copies.get(0).isZero()) {
      return put(queue, message);
    }
    boolean taken = true;
    for (Duration more : copies) {
      Duration sum = delay.plus(more.compareTo(LONGEST) < 0 ? more : LONGEST);
      taken &= put(queue, queue.copy(message, sum));
    }
    if (copies.isEmpty()) {
      context.kept().forget(List.of(message));
    }
    return taken;
  }

  private boolean put(QueueState queue, PendingMessage message) {
    boolean taken = queue.add(message);
    if (!taken) { // the queue was removed this moment
      context.kept().forget(List.of(message));
    }
    return taken;
  }

  @Override
  public void configure(QueueId id, QueueSettings settings) {
    configured.put(id, settings);
    queues.computeIfPresent(
        id,
        (same, queue) -> {
          queue.change(settings);
          return queue;
        });
  }

  @Override
  public QueueSettings settings(QueueId id) {
    return configured.getOrDefault(id, defaults);
  }

  @Override
  public List<QueueId> all() {
    return List.copyOf(queues.keySet());
  }

  @Override
  public QueueCounts counts(QueueId id) {
    return existing(id).counts();
  }

  @Override
  public List<QueuedMessage> waiting(QueueId id) {
    return List.copyOf(existing(id).waiting());
  }

  @Override
  public int deliverNow(QueueId id) {
    return existing(id).deliverNow();
  }

  private QueueState existing(QueueId id) {
    QueueState queue = queues.get(id);
    if (queue == null) {
      throw new NoSuchElementException("no queue " + id);
    }
    return queue;
  }

  @Override
  public DeliveryResult deliver(QueueId id, List<DeliveredMessage> batch) {
    return context
        .consumer()
        .deliverWire(
            id,
            batch.stream()
                .map(
                    message ->
                        new QueueDelivery.Message(
                            message.id(),
                            message.attempts(),
                            message.timestamp(),
                            message.enqueuedAt(),
                            message.caller(),
                            JsonSlice.of(message.body())))
                .toList());
  }

  @Override
  public List<DeadLetter> deadLetters() {
    return context.deadLetters().list();
  }

  @Override
  public void clearDeadLetters() {
    context.deadLetters().clear();
  }
}
