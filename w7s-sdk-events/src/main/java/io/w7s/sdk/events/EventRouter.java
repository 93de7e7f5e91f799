package io.w7s.sdk.events;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.internal.error.FailedCall;
import io.w7s.sdk.internal.text.PlatformLimits;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.spi.Operation.EventPublish;
import io.w7s.sdk.spi.TimeSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events to the queues that subscribe to their subjects. It has no transport, and it trusts
 * its host: the host authenticates the publisher and provides the {@link SubscriberQueues}. For
 * each event the router
 *
 * <ol>
 *   <li>checks that the publisher may publish under the subject;
 *   <li>asks the {@link EventMeter}, which may refuse;
 *   <li>looks up the subscribers in the publisher's environment, without those under another owner
 *       that the publisher does not allow;
 *   <li>writes the message once, and hands it to the queues of all subscribers, in their order.
 * </ol>
 *
 * <p>The same id of the same publisher is the same event, whatever else differs. An event that is
 * published again goes only to the subscribers that do not have it; for the others the receipt says
 * {@link PublishReceipt.Status#SKIPPED}. A subscriber has an event once its queue has taken it.
 * While an event is on its way, a second publish of the same id waits for the first, and then
 * delivers what is missing. {@link DeliveredEvents} decides how long an id is remembered. A
 * publisher can have an event delivered once more to a subscriber that has lost it.
 *
 * <p>The router does not retry a failed delivery, because the queues' side knows how. The receipt
 * tells the publisher, who can publish the same id again. Thread-safe; nothing to close.
 */
public final class EventRouter {

  private static final Logger log = LoggerFactory.getLogger(EventRouter.class);

  private final EventDirectory directory;
  private final TimeSource time;
  private final DeliveredEvents delivered;
  private final EventMeter meter;
  private final Map<EventKey, Fanout> underway = new ConcurrentHashMap<>();

  private EventRouter(Builder builder) {
    directory = builder.directory;
    time = builder.time;
    meter = builder.meter;
    delivered = builder.delivered == null ? DeliveredEvents.inMemory(time) : builder.delivered;
  }

  /** Returns a router with the defaults for everything that a builder can set. */
  public static EventRouter of(EventDirectory directory) {
    return builder(directory).build();
  }

  /** Begins a router. */
  public static Builder builder(EventDirectory directory) {
    return new Builder(directory);
  }

  TimeSource time() {
    return time;
  }

  /** Returns what the router knows of publishers and subscribers. */
  public EventDirectory directory() {
    return directory;
  }

  /**
   * Routes an event, and waits until the queues of all subscribers have responded. It does not wait
   * at all for stages that are complete, unless another thread has the same event on its way.
   *
   * @param publisher the app that publishes, as the host authenticated it. The event's own source
   *     does not count
   * @param event the event, whose data must be one JSON value; it goes to the subscribers byte for
   *     byte
   * @return one delivery for each subscriber, in order of app and queue
   * @throws ForbiddenException when the publisher may not publish under the subject; nothing was
   *     enqueued
   * @throws PayloadTooLargeException when the message would be over the platform's limit of 65,536
   *     bytes; nothing was enqueued
   */
  public PublishReceipt publish(Caller publisher, EventPublish event, SubscriberQueues queues) {
    try {
      return route(publisher, event, queues).join();
    } catch (CompletionException failed) {
      Throwable cause = failed.getCause();
      if (cause instanceof Error error) {
        throw error;
      }
      throw cause instanceof RuntimeException refused ? refused : failed;
    }
  }

  /**
   * Routes an event without waiting; as {@link #publish} otherwise, with every failure in the
   * future. To cancel the future does not stop what is on its way.
   */
  public CompletableFuture<PublishReceipt> publishAsync(
      Caller publisher, EventPublish event, SubscriberQueues queues) {
    try {
      return route(publisher, event, queues).copy();
    } catch (RuntimeException | Error refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private CompletableFuture<PublishReceipt> route(
      Caller publisher, EventPublish event, SubscriberQueues queues) {
    requirePermission(publisher, event.subject());
    meter.publish(publisher, event.subject());
    EventPublish authenticated = event.from(publisher.app());
    return deliver(publisher, authenticated, message(authenticated), queues);
  }

  private CompletableFuture<PublishReceipt> deliver(
      Caller publisher, EventPublish event, byte[] message, SubscriberQueues queues) {
    var fanout = new Fanout(publisher, event);
    Fanout earlier = underway.putIfAbsent(fanout.key, fanout);
    if (earlier != null) {
      return earlier
          .receipt
          .handle((receipt, failure) -> message)
          .thenCompose(again -> deliver(publisher, event, again, queues));
    }
    fanout.run(message, queues);
    return fanout.receipt;
  }

  private void requirePermission(Caller publisher, String subject) {
    if (!directory.mayPublish(publisher, subject)) {
      throw new ForbiddenException(
          call(subject),
          publisher + " does not declare in events.publish that it publishes " + subject,
          Map.of());
    }
  }

  private static byte[] message(EventPublish event) {
    byte[] message = EventMessage.of(event).forSubscribers().toJson();
    if (message.length > PlatformLimits.MAX_BODY_BYTES) {
      throw new PayloadTooLargeException(
          call(event.subject()),
          "the event takes %d bytes as a message, at most %d are allowed"
              .formatted(message.length, PlatformLimits.MAX_BODY_BYTES),
          Map.of());
    }
    return message;
  }

  private static FailedCall call(String subject) {
    return FailedCall.of("event publish", subject, false);
  }

  private List<Subscriber> recipients(Caller publisher, EventPublish event) {
    List<Subscriber> all = subscribers(publisher, event.subject());
    String one = event.redeliverTo();
    return one == null
        ? all
        : all.stream().filter(to -> one.equals(to.app() + "/" + to.queue())).toList();
  }

  private List<Subscriber> subscribers(Caller publisher, String subject) {
    List<Subscriber> all = directory.subscribers(publisher.environment(), subject);
    for (Subscriber each : all) {
      if (!mayReceive(directory, publisher, each.app())) {
        return all.stream().filter(to -> mayReceive(directory, publisher, to.app())).toList();
      }
    }
    return all; // not copied in the usual case, in which all of them may
  }

  /** Returns whether a subscriber may have the events of an app, as far as the app decides that. */
  static boolean mayReceive(EventDirectory directory, Caller publisher, AppId subscriber) {
    return subscriber.owner().equals(publisher.app().owner())
        || directory.allows(publisher, subscriber);
  }

  /** One event on its way. Each delivery is settled once, on the thread that has the news of it. */
  private final class Fanout {

    private final EventKey key;
    private final EventPublish event;
    private final List<Subscriber> subscribers;
    private final Delivery[] deliveries;

    /** One more than there are subscribers, so that the receipt waits for the end of the loop. */
    private final AtomicInteger open;

    private final CompletableFuture<PublishReceipt> receipt = new CompletableFuture<>();

    Fanout(Caller publisher, EventPublish event) {
      this.key = new EventKey(publisher, event.id());
      this.event = event;
      subscribers = recipients(publisher, event);
      deliveries = new Delivery[subscribers.size()];
      open = new AtomicInteger(deliveries.length + 1);
    }

    void run(byte[] message, SubscriberQueues queues) {
      try {
        Set<Subscriber> have =
            event.redeliverTo() == null
                ? delivered.subscribers(key.publisher(), key.id())
                : Set.of();
        for (int i = 0; i < deliveries.length; i++) {
          if (have.contains(subscribers.get(i))) {
            settle(i, Status.SKIPPED, Optional.empty());
          } else {
            enqueue(i, message, queues);
          }
        }
        settleOne();
      } catch (RuntimeException | Error unexpected) {
        underway.remove(key);
        receipt.completeExceptionally(unexpected);
      }
    }

    private void enqueue(int i, byte[] message, SubscriberQueues queues) {
      CompletionStage<?> enqueued;
      try {
        enqueued =
            requireNonNull(
                queues.enqueue(subscribers.get(i), key.publisher(), message),
                "enqueue(...) has returned null");
      } catch (RuntimeException failure) {
        failed(i, failure);
        return;
      }
      if (enqueued instanceof CompletableFuture<?> done
          && done.isDone()
          && !done.isCompletedExceptionally()) {
        enqueued(i);
        return;
      }
      enqueued.whenComplete(
          (result, failure) -> {
            if (failure == null) {
              enqueued(i);
            } else {
              failed(i, failure);
            }
          });
    }

    private void enqueued(int i) {
      Subscriber to = subscribers.get(i);
      record(() -> delivered.add(key.publisher(), key.id(), to));
      record(() -> meter.delivered(key.publisher(), event.subject(), to));
      settle(i, Status.ENQUEUED, Optional.empty());
    }

    private void failed(int i, Throwable failure) {
      Throwable cause = failure.getCause();
      Throwable reason = failure instanceof CompletionException && cause != null ? cause : failure;
      String message = reason.getMessage();
      settle(i, Status.FAILED, Optional.of(message == null ? reason.toString() : message));
    }

    private void settle(int i, Status status, Optional<String> error) {
      Subscriber to = subscribers.get(i);
      deliveries[i] = new Delivery(to.app(), to.queue(), status, error);
      settleOne();
    }

    private void settleOne() {
      if (open.decrementAndGet() == 0) {
        underway.remove(key); // first, because those that wait begin again at once
        receipt.complete(
            new PublishReceipt(
                event.id(), event.subject(), event.source(), event.time(), List.of(deliveries)));
      }
    }

    /** The queue has the event even if this fails, so the publisher is told that it has. */
    private void record(Runnable entry) {
      try {
        entry.run();
      } catch (RuntimeException failure) {
        log.error(
            "Event {} of {} ({}) was delivered, but this could not be recorded; it may be delivered"
                + " again",
            SafeText.of(event.id()),
            key.publisher(),
            event.subject(),
            failure);
      }
    }
  }

  /** Builds a router. Not thread-safe. */
  public static final class Builder {

    private final EventDirectory directory;
    private TimeSource time = TimeSource.system();
    private EventMeter meter = EventMeter.NONE;
    private @Nullable DeliveredEvents delivered;

    private Builder(EventDirectory directory) {
      this.directory = directory;
    }

    /**
     * Sets the clock and the randomness: for the age of remembered events, and in an {@link
     * EventRouterApp} for events that come without a time or an id. Default {@link
     * TimeSource#system()}.
     */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /** Sets what remembers who has which event. Default {@link DeliveredEvents#inMemory}. */
    public Builder delivered(DeliveredEvents delivered) {
      this.delivered = requireNonNull(delivered, "delivered");
      return this;
    }

    /** Sets what counts publishes and deliveries, and may refuse a publish. Default: no meter. */
    public Builder meter(EventMeter meter) {
      this.meter = requireNonNull(meter, "meter");
      return this;
    }

    /** Returns the router. */
    public EventRouter build() {
      return new EventRouter(this);
    }
  }
}
