package io.w7s.sdk.store;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.events.DeliveredEvents;
import io.w7s.sdk.events.Subscriber;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.Dialect;
import io.w7s.sdk.store.internal.PeriodicPurge;
import io.w7s.sdk.store.internal.Texts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Remembers in a database which subscribers have which event, for all routers that use it, and
 * beyond their end. Thread-safe; needs {@code w7s-sdk-events}.
 *
 * <pre>{@code
 * StoreSchema.migrate(dataSource);
 * EventRouter router =
 *     EventRouter.builder(registry).delivered(JdbcDeliveredEvents.of(dataSource)).build();
 * }</pre>
 *
 * <p>Each publish takes a statement, and each delivery one, in transactions of their own. Two
 * routers that have the same event on its way at the same time can both deliver it.
 *
 * <p>Use it where the subscribers' queues outlive the router as well. Messages that are lost with
 * their queue count as delivered.
 *
 * <p>Times are those of the database's clock.
 */
public final class JdbcDeliveredEvents implements DeliveredEvents {

  /** How long a delivery is remembered by default, 2 days. */
  public static final Duration DEFAULT_WINDOW = Duration.ofDays(2);

  /** The longest window, 100 years of 365 days. */
  public static final Duration MAX_WINDOW = Duration.ofDays(36_500);

  /** The most rows that one purge deletes, so that it holds no lock for long. */
  private static final int PURGED_AT_ONCE = 1_000;

  /** Events have no longer ids. */
  private static final int MAX_ID_LENGTH = 255;

  private static final String SUBSCRIBERS =
      "SELECT queue, consumer FROM w7s_delivered_event WHERE publisher = ? AND environment = ?"
          + " AND event_id = ? AND delivered_at + ? > (SELECT :now)"; // no search by time

  private static final String INSERT =
      "INSERT INTO w7s_delivered_event"
          + " (publisher, environment, event_id, queue, consumer, delivered_at)"
          + " VALUES (?, ?, ?, ?, ?, :now)";

  private static final String INSERT_OR_UPDATE =
      INSERT
          + " ON CONFLICT (publisher, environment, event_id, queue) DO UPDATE SET"
          + " consumer = excluded.consumer, delivered_at = excluded.delivered_at";

  private static final String UPDATE =
      "UPDATE w7s_delivered_event SET consumer = ?, delivered_at = :now"
          + " WHERE publisher = ? AND environment = ? AND event_id = ? AND queue = ?";

  private final Database database;
  private final Duration window;
  private final PeriodicPurge periodicPurge;

  private JdbcDeliveredEvents(Builder builder) {
    database = new Database(builder.dataSource, builder.time);
    window = builder.window;
    periodicPurge = new PeriodicPurge(builder.time, "deliveries", () -> purge() == PURGED_AT_ONCE);
  }

  /**
   * Returns a store that remembers deliveries for two days.
   *
   * @throws io.w7s.sdk.error.ConfigurationException when the database is not PostgreSQL, SQLite or
   *     H2
   * @throws StoreException when it cannot be reached
   */
  public static JdbcDeliveredEvents of(DataSource dataSource) {
    return builder(dataSource).build();
  }

  /** Begins a store. */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource);
  }

  /** Sets up a store. Not thread-safe. */
  public static final class Builder {

    private final DataSource dataSource;
    private Duration window = DEFAULT_WINDOW;
    private @Nullable TimeSource time;

    private Builder(DataSource dataSource) {
      this.dataSource = requireNonNull(dataSource, "dataSource");
    }

    /**
     * Sets how long a delivery is remembered: for longer than a publisher may publish an event
     * again. Default two days.
     *
     * @param window from 1 millisecond to {@link #MAX_WINDOW}
     * @throws InvalidInputException when it is not
     */
    public Builder window(Duration window) {
      requireNonNull(window, "window");
      if (window.compareTo(Duration.ofMillis(1)) < 0 || window.compareTo(MAX_WINDOW) > 0) {
        throw new InvalidInputException(
            "window", window.toString(), "from 1 millisecond to " + MAX_WINDOW.toDays() + " days");
      }
      this.window = window;
      return this;
    }

    /** Sets the clock, for tests. Default: the database's own. */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /**
     * Returns the store.
     *
     * @throws io.w7s.sdk.error.ConfigurationException when the database is not PostgreSQL, SQLite
     *     or H2
     * @throws StoreException when it cannot be reached
     */
    public JdbcDeliveredEvents build() {
      return new JdbcDeliveredEvents(this);
    }
  }

  /**
   * Returns the subscribers that have an event.
   *
   * @throws InvalidInputException when the id has more than 255 characters, NUL or an unpaired
   *     surrogate
   * @throws StoreException when the database fails
   */
  @Override
  public Set<Subscriber> subscribers(Caller publisher, String id) {
    return Set.copyOf(
        database.query(
            "look up the subscribers that have an event",
            SUBSCRIBERS,
            JdbcDeliveredEvents::subscriber,
            publisher.app().toString(),
            publisher.environment().name(),
            checked(id),
            window.toMillis()));
  }

  private static Subscriber subscriber(ResultSet row) throws SQLException {
    String queue = row.getString(1);
    int slash = queue.lastIndexOf('/');
    return new Subscriber(
        AppId.parse(queue.substring(0, slash)), queue.substring(slash + 1), row.getString(2));
  }

  /**
   * Remembers that a subscriber's queue has taken an event.
   *
   * @throws InvalidInputException as {@link #subscribers}
   * @throws StoreException when the database fails
   */
  @Override
  public void add(Caller publisher, String id, Subscriber subscriber) {
    String app = publisher.app().toString();
    String environment = publisher.environment().name();
    String event = checked(id);
    String queue = subscriber.toString();
    String consumer = subscriber.consumer();
    database.run(
        "remember that an event was delivered",
        connection -> {
          if (database.dialect().hasOnConflict()) {
            return database.update(
                connection, INSERT_OR_UPDATE, app, environment, event, queue, consumer);
          }
          int written = 0;
          while (written == 0) { // a row can be purged between the two
            written =
                database.insertIfAbsent(
                        connection, INSERT, app, environment, event, queue, consumer)
                    ? 1
                    : database.update(connection, UPDATE, consumer, app, environment, event, queue);
          }
          return written;
        });
    periodicPurge.nowAndThen();
  }

  private static String checked(String id) {
    if (id.length() > MAX_ID_LENGTH) {
      throw new InvalidInputException(
          "event id", id.length() + " characters", "at most " + MAX_ID_LENGTH);
    }
    return Texts.storable("event id", id);
  }

  /**
   * Deletes deliveries that are older than the window, at most 1,000: call it until it returns 0.
   * The store does this by itself about once a minute, as long as events are delivered.
   *
   * @return how many were deleted
   */
  public int purge() {
    return database.update(
        "purge deliveries", purge(database.dialect()), window.toMillis(), PURGED_AT_ONCE);
  }

  static String purge(Dialect dialect) {
    return dialect.deleteSome(
        "w7s_delivered_event", "delivered_at <= (SELECT :now) - ?", "delivered_at");
  }
}
