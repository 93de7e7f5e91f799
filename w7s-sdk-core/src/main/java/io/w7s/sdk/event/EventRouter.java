package io.w7s.sdk.event;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.error.ForbiddenException;
import io.w7s.sdk.error.PayloadTooLargeException;
import io.w7s.sdk.event.PublishReceipt.Delivery;
import io.w7s.sdk.event.PublishReceipt.Status;
import io.w7s.sdk.internal.call.Async;
import io.w7s.sdk.internal.call.ClientContext;
import io.w7s.sdk.internal.error.FailedCall;
import io.w7s.sdk.internal.json.JsonSlice;
import io.w7s.sdk.internal.text.RandomIds;
import io.w7s.sdk.internal.wire.EventMessage;
import io.w7s.sdk.spi.TimeSource;
import java.time.Instant;
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
 * Takes events to the queues that subscribe to them. It has no transport and trusts its host: the
 * host says who publishes, having authenticated it, and gives an {@link EventOutlet} to the queues.
 * For each event the router
 *
 * <ol>
 *   <li>checks that the publisher is declared to publish the subject;
 *   <li>looks up the subscribers in the publisher's environment, and leaves out those under another
 *       owner that the publisher does not allow;
 *   <li>writes the message once and hands it to the outlet for all of them, in their order;
 *   <li>keeps account of what was published and delivered.
 * </ol>
 *
 * <p>The same id of the same publisher is one event, whatever else differs. Published again, it
 * goes only to subscribers that do not have it; the others are {@link PublishReceipt.Status#SKIPPED
 * skipped}. A subscriber counts as having it only once its queue took it. While an event is under
 * way, a second publish of its id waits for the first and then delivers what that left undone. How
 * long ids are remembered is up to {@link DeliveredEvents}.
 *
 * <p>A failed delivery is not tried again here, for the outlet knows how; it stands in the receipt,
 * and the publisher can publish the id again. Thread-safe; nothing to close.
 */
public final class EventRouter {

  private static final Logger log = LoggerFactory.getLogger(EventRouter.class);

  private final EventDirectory directory;
  private final TimeSource time;
  private final DeliveredEvents delivered;
  private final EventUsage usage;
  private final Map<EventKey, Fanout> underway = new ConcurrentHashMap<>();

  private EventRouter(Builder builder) {
    directory = builder.directory;
    time = builder.time;
    delivered = builder.delivered == null ? DeliveredEvents.inMemory(time) : builder.delivered;
    usage = builder.usage;
  }

  /** Returns a router with the defaults for all that a builder can set. */
  public static EventRouter of(EventDirectory directory) {
    return builder(directory).build();
  }

  /** Begins a router. */
  public static Builder builder(EventDirectory directory) {
    return new Builder(directory);
  }

  /** Returns what the router knows of publishers and subscribers. */
  public EventDirectory directory() {
    return directory;
  }

  /**
   * Routes an event and waits until the outlet has answered for every subscriber. It waits for
   * nothing with an outlet whose stages are complete, unless another thread has the same event
   * under way.
   *
   * @param publisher the app that publishes, as the host authenticated it
   * @return one delivery for each subscriber, in order of app and queue
   * @throws ForbiddenException when the publisher is not declared to publish the subject; nothing
   *     was enqueued
   * @throws PayloadTooLargeException when the message would be over the platform's limit of 65,536
   *     bytes; nothing was enqueued
   */
  public PublishReceipt publish(Caller publisher, PublishedEvent event, EventOutlet outlet) {
    try {
      return begin(publisher, event, outlet).join();
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
   * future. Cancelling it does not call back what is under way.
   */
  public CompletableFuture<PublishReceipt> publishAsync(
      Caller publisher, PublishedEvent event, EventOutlet outlet) {
    return Async.guarded(() -> begin(publisher, event, outlet).copy());
  }

  private CompletableFuture<PublishReceipt> begin(
      Caller publisher, PublishedEvent event, EventOutlet outlet) {
    requireDeclared(publisher, event.subject());
    String id = event.id() == null ? RandomIds.next(time.random()) : event.id();
    Instant happened = event.time() == null ? time.now() : event.time();
    byte[] message = message(publisher, event, id, happened);
    var fanout = new Fanout(new EventKey(publisher, id), event.subject(), happened);
    Fanout earlier = underway.putIfAbsent(fanout.key, fanout);
    if (earlier != null) {
      return earlier
          .receipt
          .handle((receipt, failure) -> event)
          .thenCompose(again -> begin(publisher, again, outlet));
    }
    fanout.run(message, outlet);
    return fanout.receipt;
  }

  private void requireDeclared(Caller publisher, String subject) {
    if (!directory.mayPublish(publisher, subject)) {
      throw new ForbiddenException(
          call(subject),
          publisher + " does not declare in events.publish that it publishes " + subject,
          Map.of());
    }
  }

  private static byte[] message(
      Caller publisher, PublishedEvent event, String id, Instant happened) {
    byte[] message =
        new EventMessage(
                id,
                event.cloudEvent() ? event.subject() : null,
                event.subject(),
                publisher.app().toString(),
                happened,
                JsonSlice.of(event.data()),
                event.traceParent())
            .toJson();
    if (message.length > ClientContext.LARGEST_BODY) {
      throw new PayloadTooLargeException(
          call(event.subject()),
          "the event takes %d bytes as a message, %d are allowed"
              .formatted(message.length, ClientContext.LARGEST_BODY),
          Map.of());
    }
    return message;
  }

  private static FailedCall call(String subject) {
    return FailedCall.of("event publish", subject, false);
  }

  /** Nearly always all of them, so they are only copied when one has to be left out. */
  private List<Subscriber> subscribers(Caller publisher, String subject) {
    List<Subscriber> all = directory.subscribers(publisher.environment(), subject);
    for (Subscriber each : all) {
      if (!mayHave(directory, publisher, each.app())) {
        return all.stream().filter(to -> mayHave(directory, publisher, to.app())).toList();
      }
    }
    return all;
  }

  /** Whether a subscriber gets what an app publishes, as far as the publisher has a say. */
  static boolean mayHave(EventDirectory directory, Caller publisher, AppId subscriber) {
    return subscriber.owner().equals(publisher.app().owner())
        || directory.allows(publisher, subscriber);
  }

  /** One event on its way. A subscriber is settled once, on whatever thread has the news. */
  private final class Fanout {

    private final EventKey key;
    private final String subject;
    private final Instant happened;
    private final List<Subscriber> subscribers;
    private final Delivery[] deliveries;

    /** One more than there are subscribers, so that the receipt waits for the end of the loop. */
    private final AtomicInteger open;

    private final CompletableFuture<PublishReceipt> receipt = new CompletableFuture<>();

    Fanout(EventKey key, String subject, Instant happened) {
      this.key = key;
      this.subject = subject;
      this.happened = happened;
      subscribers = subscribers(key.publisher(), subject);
      deliveries = new Delivery[subscribers.size()];
      open = new AtomicInteger(deliveries.length + 1);
    }

    void run(byte[] message, EventOutlet outlet) {
      try {
        Set<Subscriber> have = delivered.subscribers(key.publisher(), key.id());
        account(() -> usage.published(key.publisher(), subject));
        for (int i = 0; i < deliveries.length; i++) {
          if (have.contains(subscribers.get(i))) {
            settle(i, Status.SKIPPED, Optional.empty());
          } else {
            send(i, message, outlet);
          }
        }
        settleOne();
      } catch (RuntimeException | Error unexpected) {
        underway.remove(key);
        receipt.completeExceptionally(unexpected);
      }
    }

    private void send(int i, byte[] message, EventOutlet outlet) {
      CompletionStage<?> enqueued;
      try {
        enqueued = outlet.enqueue(subscribers.get(i), key.publisher(), message);
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
              failed(i, Async.unwrapped(failure));
            }
          });
    }

    private void enqueued(int i) {
      Subscriber to = subscribers.get(i);
      account(() -> delivered.add(key.publisher(), key.id(), to));
      account(() -> usage.delivered(key.publisher(), subject, to));
      settle(i, Status.ENQUEUED, Optional.empty());
    }

    private void failed(int i, Throwable failure) {
      String reason = failure.getMessage();
      settle(i, Status.FAILED, Optional.of(reason == null ? failure.toString() : reason));
    }

    private void settle(int i, Status status, Optional<String> error) {
      Subscriber to = subscribers.get(i);
      deliveries[i] = new Delivery(to.app(), to.queue(), status, error);
      settleOne();
    }

    private void settleOne() {
      if (open.decrementAndGet() == 0) {
        underway.remove(key); // first, for those who wait begin anew at once
        receipt.complete(
            new PublishReceipt(
                key.id(), subject, key.publisher().app(), happened, List.of(deliveries)));
      }
    }

    /** The queue has the event whatever becomes of the books, so the publisher is told so. */
    private void account(Runnable entry) {
      try {
        entry.run();
      } catch (RuntimeException failure) {
        log.error(
            "event {} of {} ({}): what became of it could not be recorded",
            key.id(),
            key.publisher(),
            subject,
            failure);
      }
    }
  }

  /** Puts a router together. Not thread-safe. */
  public static final class Builder {

    private final EventDirectory directory;
    private TimeSource time = TimeSource.system();
    private EventUsage usage = EventUsage.NONE;
    private @Nullable DeliveredEvents delivered;

    private Builder(EventDirectory directory) {
      this.directory = directory;
    }

    /** Sets the clock and the randomness. Default {@link TimeSource#system()}. */
    public Builder time(TimeSource time) {
      this.time = time;
      return this;
    }

    /** Sets what remembers who has which event. Default {@link DeliveredEvents#inMemory}. */
    public Builder delivered(DeliveredEvents delivered) {
      this.delivered = delivered;
      return this;
    }

    /** Sets who is told what was published and delivered. Default nobody. */
    public Builder usage(EventUsage usage) {
      this.usage = usage;
      return this;
    }

    /** Returns the router. */
    public EventRouter build() {
      return new EventRouter(this);
    }
  }
}
