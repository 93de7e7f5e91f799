package io.w7s.sdk.store.event;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.W7s;
import io.w7s.sdk.consumption.Confirmations;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.retry.Backoff;
import io.w7s.sdk.store.internal.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages and events after their transaction has committed, and not if it does not. Each is
 * stored together with the caller's own changes and sent by a thread of the outbox, at least once,
 * however often processes die.
 *
 * <pre>{@code
 * Outbox outbox = Outbox.builder(events, w7s).build();
 * outbox.start();
 *
 * outbox.inTransaction(connection -> {
 *   insert(connection, order);
 *   outbox.publish(connection, ORDER_CREATED, order, event -> event.stream("order-1"));
 *   outbox.send(connection, JOBS, job, message -> message.inOrderOf("customer-7"));
 * });
 * }</pre>
 *
 * <p>Several processes may run an outbox on the same tables. A row is claimed by one of them at a
 * time, for as long as its lease lasts; while it is sent no transaction is open. When a process
 * dies, another sends its rows after their leases. What cannot be sent is tried again with a
 * backoff, and parked after the last attempt.
 *
 * <p>The platform takes messages over a quota and drops them. With {@link Builder#confirmWithin}
 * the outbox waits for the consumers to confirm what was sent, and sends again what they have not
 * confirmed. Consumers confirm by {@code consumption(each -> each.once(...).confirm(outbox))}, or
 * call {@link #confirm} themselves; those in another process with the same database have {@link
 * #confirmations}.
 *
 * <p>Thread-safe. Close it to stop its threads; what is not sent yet stays in the database.
 */
public final class Outbox implements Confirmations, AutoCloseable {

  private static final int PURGED_AT_ONCE = 1_000;

  private final EventStore events;
  private final Database database;
  private final OutboxRows rows;
  private final SentRows sentRows;
  private final OutboxDispatcher dispatcher;
  private final boolean confirmsByIds;

  private Outbox(Builder builder) {
    events = builder.events;
    database = events.database();
    confirmsByIds = builder.confirmWithin != null;
    sentRows = new SentRows(database, builder.confirmWithin);
    rows = new OutboxRows(database, builder.parkedHead, sentRows);
    dispatcher = new OutboxDispatcher(rows, sentRows, new OutboxSender(builder), builder);
  }

  /**
   * Begins an outbox.
   *
   * @param events the store that keeps the events, and with it the database
   * @param w7s sends; the outbox does not close it
   */
  public static Builder builder(EventStore events, W7s w7s) {
    return new Builder(events, w7s);
  }

  /**
   * Returns what takes the confirmations of consumers in a process that sends nothing itself, and
   * so has no client for it. With an outbox at hand, use that.
   */
  public static Confirmations confirmations(EventStore events) {
    return new SentRows(requireNonNull(events, "events").database(), null)::confirm;
  }

  /** Sets up an outbox. Not thread-safe. */
  public static final class Builder {

    final EventStore events;
    final W7s w7s;
    Duration lease = Duration.ofSeconds(30);
    int atOnce = 16;
    Backoff backoff = Backoff.exponential(Duration.ofSeconds(1), Duration.ofMinutes(5));
    int attempts = 12;
    ParkedHead parkedHead = ParkedHead.SKIP;
    @Nullable Duration confirmWithin;
    @Nullable Integer resends;

    private Builder(EventStore events, W7s w7s) {
      this.events = requireNonNull(events, "events");
      this.w7s = requireNonNull(w7s, "w7s");
    }

    /**
     * Sets how long rows stay claimed after their process has died. Default 30 s; they are renewed
     * while they are being sent.
     *
     * @throws InvalidInputException when it is not between a second and an hour
     */
    public Builder lease(Duration lease) {
      requireNonNull(lease, "lease");
      if (lease.compareTo(Duration.ofSeconds(1)) < 0 || lease.compareTo(Duration.ofHours(1)) > 0) {
        throw new InvalidInputException("lease", lease.toString(), "from 1 second to 1 hour");
      }
      this.lease = lease;
      return this;
    }

    /**
     * Sets how many messages are on their way at the same time, each on a thread of its own.
     * Default 16.
     *
     * @throws InvalidInputException when it is not between 1 and 1,000
     */
    public Builder atOnce(int messages) {
      this.atOnce = between("atOnce", messages, 1, 1_000);
      return this;
    }

    /** Sets how long to wait after each failed attempt. Default: 1 s, doubling up to 5 minutes. */
    public Builder backoff(Backoff backoff) {
      this.backoff = requireNonNull(backoff, "backoff");
      return this;
    }

    /**
     * Sets after how many attempts something is parked. Default 12, about half an hour.
     *
     * @throws InvalidInputException when it is not between 1 and 1,000
     */
    public Builder attempts(int attempts) {
      this.attempts = between("attempts", attempts, 1, 1_000);
      return this;
    }

    /**
     * Sets what becomes of the messages behind a parked one that have the same {@linkplain
     * OutboxOptions#inOrderOf key}. Default: they are sent without it. Others are never affected.
     */
    public Builder onPark(ParkedHead parkedHead) {
      this.parkedHead = requireNonNull(parkedHead, "parkedHead");
      return this;
    }

    /**
     * Sends a message again that its consumer does not confirm in time, counted from when it was
     * sent and the end of its delay. All consumers must confirm then: events by their ids, other
     * messages by the ids that they were sent with, which must be the keys of {@code
     * once(processed, key)}. Default: nobody waits.
     *
     * @param time longer than consumers take, their retries included; at least a second
     * @throws InvalidInputException when it is shorter than a second
     */
    public Builder confirmWithin(Duration time) {
      requireNonNull(time, "time");
      if (time.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new InvalidInputException("confirmWithin", time.toString(), "at least 1 second");
      }
      this.confirmWithin = time;
      return this;
    }

    /**
     * Sets how often a message is sent again that is not confirmed. Default 5. After that it stays
     * in the list of {@link Outbox#unconfirmed}. Each wait is twice as long as the one before.
     *
     * @throws InvalidInputException when it is not between 0 and 1,000
     */
    public Builder resends(int resends) {
      this.resends = between("resends", resends, 0, 1_000);
      return this;
    }

    private static int between(String field, int value, int least, int most) {
      if (value < least || value > most) {
        throw new InvalidInputException(
            field, String.valueOf(value), "from " + least + " to " + most);
      }
      return value;
    }

    /**
     * Returns the outbox. It sends nothing before it is {@linkplain Outbox#start started}.
     *
     * @throws InvalidInputException when there is {@link #resends} without {@link #confirmWithin}
     */
    public Outbox build() {
      if (resends != null && confirmWithin == null) {
        throw new InvalidInputException(
            "resends", resends + " without confirmWithin(...)", "set together with it");
      }
      return new Outbox(this);
    }
  }

  // ---- Appending

  /** Something to do in a transaction. */
  @FunctionalInterface
  public interface TransactionWork {
    /** Does it. The outbox commits; when this throws, it rolls back. */
    void run(Connection connection) throws SQLException;
  }

  /**
   * Runs something in a transaction, commits it, and sends at once what was appended in it. Use it
   * where no framework has the transaction; otherwise append in that, and call {@link #wake} after
   * its commit.
   *
   * @throws io.w7s.sdk.store.StoreException when the database fails
   */
  public void inTransaction(TransactionWork work) {
    database.runInTransaction(
        "append to the outbox",
        connection -> {
          work.run(connection);
          return work;
        });
    wake();
  }

  /**
   * Stores a message and sends it to a queue when the transaction has committed.
   *
   * @param connection a connection to the same database, with a transaction open
   * @param body the message. What is over the platform's limit of 65,536 bytes is parked, unless
   *     the outbox sends with a {@code W7s} that has a blob store
   * @param options changes the default options, for example {@code message ->
   *     message.id("order-1")}. The id is one for all that the store keeps
   * @return what was stored. When the id was there already nothing is sent again
   * @throws InvalidInputException when the queue asks for CloudEvents, an option is out of range,
   *     or the connection commits each statement by itself
   * @throws SQLException what the driver throws
   */
  public <T> AppendReceipt send(
      Connection connection, QueueRef<T> queue, @Nullable T body, Consumer<OutboxOptions> options)
      throws SQLException {
    if (queue.cloudEvents()) {
      throw new InvalidInputException(
          "queue", queue + ", whose ref asks for CloudEvents", "a queue of plain messages");
    }
    OutboxOptions chosen = options(options);
    if (confirmsByIds && chosen.id().isEmpty()) {
      throw new InvalidInputException(
          "message id",
          "not set",
          "set together with confirmWithin(...): by it the consumer confirms the message");
    }
    if (chosen.traceParent().isPresent()) {
      throw new InvalidInputException(
          "traceparent",
          "set for a plain message",
          "set for an event only: a plain queue message has no headers to carry it");
    }
    NewEvent event = events.newEvent(queue.toString(), body, queue.type(), chosen);
    return append(
        connection, event, OutboxRows.Kind.QUEUE, queue.toString(), queue.consumer(), chosen);
  }

  /** Stores a message in a transaction of its own, and sends it. */
  public <T> AppendReceipt send(
      QueueRef<T> queue, @Nullable T body, Consumer<OutboxOptions> options) {
    return inTransactionOfItsOwn(connection -> send(connection, queue, body, options));
  }

  /**
   * Stores an event and publishes it when the transaction has committed, with its own id.
   *
   * @param connection a connection to the same database, with a transaction open
   * @param options changes the default options, for example {@code event ->
   *     event.stream("order-1")}
   * @return what was stored. When the id was there already nothing is published again
   * @throws InvalidInputException when there is a delay, an option is out of range, or the
   *     connection commits each statement by itself
   * @throws VersionConflictException when the stream has not the version that was expected
   * @throws IdConflictException when another event has the id
   * @throws SQLException what the driver throws
   */
  public <T> AppendReceipt publish(
      Connection connection,
      SubjectRef<T> subject,
      @Nullable T data,
      Consumer<OutboxOptions> options)
      throws SQLException {
    OutboxOptions chosen = options(options);
    if (!chosen.delay().isZero()) {
      throw new InvalidInputException(
          "delay", chosen.delay().toString(), "zero: an event cannot be delayed");
    }
    NewEvent event = events.newEvent(subject.name(), data, subject.type(), chosen);
    return append(connection, event, OutboxRows.Kind.EVENT, subject.name(), null, chosen);
  }

  /** Stores an event in a transaction of its own, and publishes it. */
  public <T> AppendReceipt publish(
      SubjectRef<T> subject, @Nullable T data, Consumer<OutboxOptions> options) {
    return inTransactionOfItsOwn(connection -> publish(connection, subject, data, options));
  }

  private static OutboxOptions options(Consumer<OutboxOptions> changes) {
    var options = new OutboxOptions();
    changes.accept(options);
    return options;
  }

  private AppendReceipt append(
      Connection connection,
      NewEvent event,
      OutboxRows.Kind kind,
      String target,
      @Nullable String consumer,
      OutboxOptions options)
      throws SQLException {
    EventRows.Appended appended = events.rows().append(events.inTransaction(connection), event);
    if (appended.isNew()) {
      rows.insert(connection, kind, target, consumer, event.id(), options);
    }
    return appended.receipt();
  }

  private AppendReceipt inTransactionOfItsOwn(Database.Work<AppendReceipt> append) {
    AppendReceipt receipt = database.retryInTransaction("append to the outbox", append);
    wake();
    return receipt;
  }

  // ---- Sending

  /**
   * Starts the threads that send. They look for something to send when they are {@linkplain #wake
   * woken}, and about once a second. Does nothing when they run.
   *
   * @throws IllegalStateException when the outbox is closed
   */
  public void start() {
    dispatcher.start();
  }

  /** Has the outbox look at once. Call it after a commit; it does not block. */
  public void wake() {
    dispatcher.wake();
  }

  /**
   * Sends what is due now, in the calling thread, until nothing is: for tests, and for an
   * application that lets a schedule do it in place of {@link #start}. A single message that takes
   * longer than the lease may be sent by another process as well.
   *
   * @return how many attempts were made
   */
  public int dispatch() {
    return dispatcher.dispatch();
  }

  /**
   * Stops sending. Waits for what is on its way, 10 seconds at most. What is not sent yet stays in
   * the database.
   */
  @Override
  public void close() {
    dispatcher.close();
  }

  // ---- What is still to be sent

  /**
   * Returns what is still to be sent or was parked, in the order of appends; unmodifiable.
   *
   * @param limit how many at most, 1 or more
   * @param after the number of the last entry of the page before; 0 for the first page
   */
  public List<OutboxEntry> list(OutboxEntry.State state, int limit, long after) {
    between("limit", limit);
    return rows.list(state, limit, after);
  }

  /** Returns how many entries are in a state; for an alert. */
  public long count(OutboxEntry.State state) {
    return rows.count(state);
  }

  /** Returns what is still to be sent of an event; empty when all of it was. */
  public List<OutboxEntry> unsent(String eventId) {
    return rows.ofEvent(eventId);
  }

  /**
   * Sends a parked entry again, as if it were new.
   *
   * @return false when there is none
   */
  public boolean sendAgain(OutboxEntry entry) {
    boolean found = rows.sendAgain(entry.number());
    wake();
    return found;
  }

  /**
   * Drops a parked entry: it will not be sent. The event stays in the store.
   *
   * @return false when there is none
   */
  public boolean drop(OutboxEntry entry) {
    boolean found = rows.drop(entry.number());
    wake();
    return found;
  }

  // ---- What was sent

  /** Returns to which queues an event was sent, and who has confirmed it; unmodifiable. */
  public List<SentMessage> sent(String eventId) {
    return sentRows.ofEvent(eventId);
  }

  /** Confirms messages, in a transaction of its own. */
  @Override
  public void confirm(String queue, Collection<String> ids) {
    sentRows.confirm(queue, ids);
  }

  /**
   * Returns what was sent and not confirmed in time, the oldest first, including what is not sent
   * again any more; unmodifiable. What was sent without {@link Builder#confirmWithin} is not in it.
   *
   * @param limit how many at most, 1 or more
   */
  public List<SentMessage> unconfirmed(int limit) {
    between("limit", limit);
    return sentRows.unconfirmed(Integer.MAX_VALUE, limit);
  }

  /** Returns how many messages {@link #unconfirmed} would list without a limit; for an alert. */
  public long countUnconfirmed() {
    return sentRows.countUnconfirmed();
  }

  /**
   * Puts what was not confirmed in time into the outbox again, at most 1,000 messages. An outbox
   * that is started does this by itself.
   *
   * @return how many
   */
  public int resendUnconfirmed() {
    return dispatcher.resendUnconfirmed();
  }

  /**
   * Deletes the records of what was sent before a time, at most 1,000, so that no lock is held for
   * long: call it until it returns 0. What should be confirmed and is not stays.
   *
   * @return how many were deleted
   */
  public int purgeSent(Instant before) {
    return sentRows.purge(before, PURGED_AT_ONCE);
  }

  private static void between(String field, int value) {
    if (value < 1) {
      throw new InvalidInputException(field, String.valueOf(value), "1 or more");
    }
  }
}
