package io.w7s.sdk.store.event;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.EventsClient;
import io.w7s.sdk.event.PublishReceipt;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.json.RawJson;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Texts;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through stored events once more: to repair what was lost, to fill a new consumer, or to do
 * over what was done wrong. Immutable; each method returns a changed copy.
 *
 * <pre>{@code
 * Replay replay =
 *     Replay.of(events, EventQuery.all().subject(ORDER_CREATED).from(yesterday))
 *         .named("mails of yesterday")
 *         .perSecond(50);
 *
 * replay.count();                                          // a dry run
 * replay.toSubscriber("acme/mailer/events", w7s.events()); // or toQueue, or toHandler
 * }</pre>
 *
 * <p>It takes the events in the order of their positions, up to the last that was committed when it
 * began, and reads a page at a time. One that has a {@linkplain #named name} notes after each page
 * how far it has come: when its process dies, the next run with that name goes on there, and at
 * most one page is repeated. When it has come to the end, the next run begins anew.
 */
public final class Replay {

  /** How many events a page has. */
  public static final int PAGE = 100;

  private static final int MAX_NAME_LENGTH = 200;

  private final EventStore events;
  private final EventQuery query;
  private final @Nullable String name;
  private final double perSecond;

  private Replay(EventStore events, EventQuery query, @Nullable String name, double perSecond) {
    this.events = requireNonNull(events, "events");
    this.query = requireNonNull(query, "query");
    this.name = name;
    this.perSecond = perSecond;
  }

  /** Returns a replay of some events, as fast as they are taken. */
  public static Replay of(EventStore events, EventQuery query) {
    return new Replay(events, query, null, Double.POSITIVE_INFINITY);
  }

  /**
   * Gives the replay a name by which it can go on after its process has died. Two runs with the
   * same name must not run at the same time.
   *
   * @param name from 1 to 200 characters, without control characters and unpaired surrogates
   * @throws InvalidInputException when it is not
   */
  public Replay named(String name) {
    return new Replay(
        events, query, Texts.name("name of the replay", name, MAX_NAME_LENGTH), perSecond);
  }

  /**
   * Limits how many events are replayed in a second. Default: no limit; calls to the platform have
   * their own.
   *
   * @throws InvalidInputException when it is not positive
   */
  public Replay perSecond(double events) {
    if (!(events > 0)) {
      throw new InvalidInputException("perSecond", String.valueOf(events), "positive");
    }
    return new Replay(this.events, query, name, events);
  }

  /**
   * Counts the events that a run would take now, without taking them. It counts messages to queues,
   * too, which {@link #toSubscriber} leaves out: a query by subject has none.
   */
  public long count() {
    long last = events.lastPosition();
    return events.rows().count(query, progress().position(), last);
  }

  /** Takes an event. */
  @FunctionalInterface
  public interface Handler {
    /** Takes it; when this throws, the replay ends, and can go on with this event. */
    void handle(StoredEvent event) throws Exception;
  }

  /** How far a replay has come. */
  private record Progress(long position, long replayed) {}

  /**
   * Sends the data of each event to a queue, as a message of its own.
   *
   * @return how many events were replayed, by former runs of this name as well
   * @throws RuntimeException what the client throws for the first event that cannot be sent
   */
  public long toQueue(QueueRef<?> queue, QueueClient queues) {
    QueueRef<RawJson> raw =
        new QueueRef<>(
            queue.app(),
            queue.name(),
            queue.consumer(),
            TypeRef.of(RawJson.class),
            queue.cloudEvents());
    return toHandler(
        event ->
            queues.send(
                raw,
                RawJson.of(event.json()),
                send -> {
                  send.allowDuplicates();
                  if (queue.cloudEvents()) {
                    send.asCloudEvent(event.subject());
                    event.traceParent().ifPresent(send::traceParent);
                  }
                }));
  }

  /**
   * Delivers each event once more to one subscriber, with its own id: a consumer that skips what it
   * has handled takes what it has missed. Messages to queues, which an outbox keeps in the same
   * store, are left out.
   *
   * @param queue the subscriber's queue, as {@code owner/repo/name}
   * @return how many events were replayed, by former runs of this name as well
   * @throws RuntimeException what the client throws for the first event that cannot be published
   */
  public long toSubscriber(String queue, EventsClient client) {
    return replay(
        query.published(),
        event -> {
          PublishReceipt receipt =
              client
                  .publish(
                      SubjectRef.of(event.subject(), RawJson.class),
                      RawJson.of(event.json()),
                      publish -> {
                        publish.id(event.id()).time(event.time()).redeliverTo(queue);
                        event.traceParent().ifPresent(publish::traceParent);
                      })
                  .orThrow();
          if (receipt.reachedNobody()) {
            throw new InvalidInputException("queue", queue, "a subscriber of " + event.subject());
          }
        });
  }

  /**
   * Hands each event to a handler, in the calling thread.
   *
   * @return how many events were replayed, by former runs of this name as well
   * @throws RuntimeException what the handler throws; what is not a {@code RuntimeException} is the
   *     cause of an {@link IllegalStateException}. How far it came is noted
   */
  public long toHandler(Handler handler) {
    return replay(query, handler);
  }

  private long replay(EventQuery query, Handler handler) {
    long last = events.lastPosition();
    Progress done = progress();
    var pace = new Pace(events.time());
    while (true) {
      List<StoredEvent> page = events.rows().page(query, done.position(), last, PAGE);
      for (StoredEvent event : page) {
        pace.await();
        try {
          handler.handle(event);
        } catch (RuntimeException | Error failure) {
          note(done);
          throw failure;
        } catch (Exception failure) {
          note(done);
          if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
          }
          throw new IllegalStateException("event " + event.id() + " was not replayed", failure);
        }
        done = new Progress(event.position(), done.replayed() + 1);
      }
      if (page.size() < PAGE) {
        forget();
        return done.replayed();
      }
      note(done);
    }
  }

  /** Spreads the events over time. */
  private final class Pace {

    private final TimeSource time;
    private final Duration start;
    private long taken;

    Pace(TimeSource time) {
      this.time = time;
      start = time.elapsed();
    }

    void await() {
      if (perSecond == Double.POSITIVE_INFINITY) {
        return;
      }
      Duration due = start.plusNanos((long) (taken++ * 1e9 / perSecond));
      Duration wait = due.minus(time.elapsed());
      if (wait.isNegative() || wait.isZero()) {
        return;
      }
      try {
        time.sleep(wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("the replay was interrupted", e);
      }
    }
  }

  // ---- Progress

  private Database database() {
    return events.database();
  }

  private Progress progress() {
    if (name == null) {
      return new Progress(EventStore.START, 0);
    }
    return database()
        .query(
            "read how far a replay has come",
            "SELECT position, replayed FROM w7s_replay WHERE name = ?",
            row -> new Progress(row.getLong(1), row.getLong(2)),
            name)
        .stream()
        .findFirst()
        .orElse(new Progress(EventStore.START, 0));
  }

  private void note(Progress progress) {
    if (name == null) {
      return;
    }
    database()
        .runInTransaction(
            "note how far a replay has come",
            connection -> {
              database().update(connection, "DELETE FROM w7s_replay WHERE name = ?", name);
              return database()
                  .update(
                      connection,
                      "INSERT INTO w7s_replay (name, position, replayed) VALUES (?, ?, ?)",
                      name,
                      progress.position(),
                      progress.replayed());
            });
  }

  private void forget() {
    if (name != null) {
      database().update("end a replay", "DELETE FROM w7s_replay WHERE name = ?", name);
    }
  }
}
