package io.w7s.sdk.store.event;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.store.internal.Database;
import io.w7s.sdk.store.internal.EntryFormat;
import io.w7s.sdk.store.internal.KeyValueRows;
import io.w7s.sdk.store.internal.Texts;
import io.w7s.sdk.store.keyvalue.KeyValueStore.Entry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state that events have led to, by key: a projection, kept in the database beside the events.
 * Thread-safe; nothing to close.
 *
 * <pre>{@code
 * LatestState<Order> orders =
 *     LatestState.builder(events, "orders", Order.class)
 *         .query(EventQuery.all().subject(ORDER_CHANGED))
 *         .key(event -> event.stream().orElse(null))
 *         .apply((former, event) -> event.data(Order.class))
 *         .build();
 *
 * orders.catchUp();
 * Optional<Entry<Order>> order = orders.get("order-1");
 * }</pre>
 *
 * <p>It changes when {@link #catchUp} is called, by a schedule for example, or before it is read.
 * Each event changes the state exactly once, whenever a process dies and however many catch up at
 * the same time: the state and the position up to which events were applied are written in one
 * transaction, which somebody else's progress makes void.
 *
 * <p>When the functions or the query change, call {@link #rebuild}. Events that were {@linkplain
 * EventStore#purge purged} are not there for it. Values and keys have the bounds of a {@link
 * io.w7s.sdk.store.keyvalue.KeyValueStore}.
 *
 * @param <V> the type of the values
 */
public final class LatestState<V> {

  /** The longest name, in characters. */
  public static final int MAX_NAME_LENGTH = 100;

  /** How many events a transaction applies. */
  private static final int PAGE = 100;

  private static final String CURRENT = "CURRENT";
  private static final String NEXT = "NEXT";

  private final EventStore events;
  private final Database database;
  private final String name;
  private final EntryFormat<V> format;
  private final EventQuery query;
  private final Function<StoredEvent, @Nullable String> key;
  private final Change<V> change;

  /** The rows that are current when they are read. */
  private final KeyValueRows current;

  private LatestState(
      Builder<V> builder, Function<StoredEvent, @Nullable String> key, Change<V> change) {
    events = builder.events;
    database = events.database();
    name = builder.name;
    format = new EntryFormat<>(events.codec(), builder.type);
    query = builder.query;
    this.key = key;
    this.change = change;
    current =
        new KeyValueRows(
            database,
            name,
            "(SELECT store FROM w7s_latest_state WHERE role = 'CURRENT' AND name = ?)");
  }

  /**
   * Begins a state.
   *
   * @param events the store of the events, whose database and codec it uses
   * @param name the state's name, which no other one in the database has. From 1 to {@link
   *     #MAX_NAME_LENGTH} characters, without control characters and unpaired surrogates
   * @throws InvalidInputException when the name is not
   */
  public static <V> Builder<V> builder(EventStore events, String name, Class<V> type) {
    return builder(events, name, TypeRef.of(type));
  }

  /** Begins a state; as {@link #builder(EventStore, String, Class)}. */
  public static <V> Builder<V> builder(EventStore events, String name, TypeRef<V> type) {
    return new Builder<>(events, Texts.name("name of the state", name, MAX_NAME_LENGTH), type);
  }

  /**
   * What an event does to a value. It may be called again for the same event, so it should do
   * nothing else.
   *
   * @param <V> the type of the value
   */
  @FunctionalInterface
  public interface Change<V> {

    /**
     * Returns the value after an event.
     *
     * @param former the value before it; null when the key has none
     * @return the new value; null to remove the key
     */
    @Nullable V apply(@Nullable V former, StoredEvent event);
  }

  /**
   * Sets up a state. Not thread-safe.
   *
   * @param <V> the type of the values
   */
  public static final class Builder<V> {

    private final EventStore events;
    private final String name;
    private final TypeRef<V> type;
    private EventQuery query = EventQuery.all();
    private @Nullable Function<StoredEvent, @Nullable String> key;
    private @Nullable Change<V> change;

    private Builder(EventStore events, String name, TypeRef<V> type) {
      this.events = requireNonNull(events, "events");
      this.name = requireNonNull(name, "name");
      this.type = requireNonNull(type, "type");
    }

    /** Sets which events count. Default: all. */
    public Builder<V> query(EventQuery query) {
      this.query = requireNonNull(query, "query");
      return this;
    }

    /** Sets which key an event belongs to; null for one that does not count. Required. */
    public Builder<V> key(Function<StoredEvent, @Nullable String> key) {
      this.key = requireNonNull(key, "key");
      return this;
    }

    /** Sets what an event does to the value of its key. Required. */
    public Builder<V> apply(Change<V> change) {
      this.change = requireNonNull(change, "change");
      return this;
    }

    /**
     * Returns the state.
     *
     * @throws ConfigurationException when the key or the change is not set
     */
    public LatestState<V> build() {
      if (key == null || change == null) {
        throw new ConfigurationException(
            "the state " + name + " needs key(...) and apply(...): what an event changes, and how");
      }
      return new LatestState<>(this, key, change);
    }
  }

  // ---- Reading

  /** Returns the entry of a key, as of the last {@link #catchUp}; empty when there is none. */
  public Optional<Entry<V>> get(String key) {
    byte[] bytes = EntryFormat.key(key);
    return database
        .run("read a state", connection -> current.get(connection, bytes))
        .map(this::entry);
  }

  /** Lists the first entries whose keys have a prefix; as {@link #list(String, int, String)}. */
  public List<Entry<V>> list(String prefix, int limit) {
    return list(prefix, limit, "");
  }

  /**
   * Lists entries whose keys have a prefix, in the order of their keys; as {@link
   * io.w7s.sdk.store.keyvalue.KeyValueStore#list(String, int, String)}.
   */
  public List<Entry<V>> list(String prefix, int limit, String after) {
    EntryFormat.Range range = EntryFormat.range(prefix, limit, after);
    return database.run("list a state", connection -> current.list(connection, range)).stream()
        .map(this::entry)
        .toList();
  }

  private Entry<V> entry(KeyValueRows.Row row) {
    return new Entry<>(row.key(), format.read(row.json()), row.version(), Optional.empty());
  }

  // ---- Catching up

  /**
   * Rows that are a state, in use or not.
   *
   * @param role {@link #CURRENT} for what is read, {@link #NEXT} for what a rebuild writes; the
   *     store's name for what is to be deleted
   * @param store the name of their store
   * @param position the position up to which events were applied
   */
  private record Generation(String role, String store, long position) {}

  /**
   * Applies the events that were committed before this call and not applied yet. Another process
   * may do so at the same time; they share the work.
   *
   * @return how many events this call applied
   * @throws RuntimeException what the functions throw, or an {@link InvalidInputException} for a
   *     key or value that is out of bounds. The events before are applied, except those of the same
   *     page; the next call begins again with this page
   * @throws io.w7s.sdk.store.StoreException when the database fails; call it again
   */
  public long catchUp() {
    long last = events.lastPosition();
    long applied = 0;
    while (true) {
      Generation generation = current();
      if (generation.position() >= last) {
        return applied;
      }
      applied += applyPage(generation, last);
    }
  }

  /** Applies a page of events; returns how many, 0 also when somebody else has applied it. */
  private int applyPage(Generation generation, long last) {
    List<StoredEvent> page = events.rows().page(query, generation.position(), last, PAGE);
    long position = page.size() < PAGE ? last : page.get(page.size() - 1).position();
    var rows = new KeyValueRows(database, generation.store());
    Map<String, Optional<byte[]>> changes = changes(rows, page);
    return database.runInTransaction(
        "apply events to a state",
        connection -> {
          if (!moveOn(connection, generation, position)) {
            return 0;
          }
          for (Map.Entry<String, Optional<byte[]>> each : changes.entrySet()) {
            byte[] bytes = EntryFormat.key(each.getKey());
            if (each.getValue().isPresent()) {
              rows.put(connection, bytes, each.getValue().get(), null);
            } else {
              rows.delete(connection, bytes);
            }
          }
          return page.size();
        });
  }

  /**
   * Returns the new values. They follow from the values at the generation's position if that is
   * still the position when they are written.
   */
  private Map<String, Optional<byte[]>> changes(KeyValueRows rows, List<StoredEvent> page) {
    var keys = new ArrayList<@Nullable String>();
    var values = new LinkedHashMap<String, Optional<byte[]>>();
    for (StoredEvent event : page) {
      String of = key.apply(event);
      keys.add(of);
      if (of != null) {
        EntryFormat.key(of);
        values.put(of, Optional.empty());
      }
    }
    if (values.isEmpty()) {
      return Map.of();
    }
    List<byte[]> all = values.keySet().stream().map(EntryFormat::key).toList();
    database
        .run("read a state", connection -> rows.getAll(connection, all))
        .forEach(row -> values.put(row.key(), Optional.of(row.json())));
    for (int i = 0; i < page.size(); i++) {
      String of = keys.get(i);
      if (of != null) {
        values.put(of, change(requireNonNull(values.get(of)), page.get(i)));
      }
    }
    return values;
  }

  /**
   * Returns what an event makes of a value. It is read and written for each event, so that the
   * result does not depend on how many events are applied at once.
   */
  private Optional<byte[]> change(Optional<byte[]> former, StoredEvent event) {
    V value = former.map(format::read).orElse(null);
    return Optional.ofNullable(change.apply(value, event)).map(format::write);
  }

  /** Sets the position if it is still what it was; others wait until the transaction ends. */
  private boolean moveOn(Connection connection, Generation generation, long position)
      throws SQLException {
    return database.update(
            connection,
            "UPDATE w7s_latest_state SET position = ?"
                + " WHERE name = ? AND role = ? AND store = ? AND position = ?",
            position,
            name,
            generation.role(),
            generation.store(),
            generation.position())
        == 1;
  }

  // ---- Rebuilding

  /**
   * Applies all events anew, from the first that the store still has. Readers see the state that
   * they have, and {@link #catchUp} goes on with it, until the new one has come as far; from then
   * on they see the new one. When the process dies, the old one stays; call this again.
   *
   * @return how many events were applied
   * @throws IllegalStateException when another rebuild of the state was begun meanwhile, which
   *     makes this one void
   * @throws RuntimeException as {@link #catchUp}; the old state stays
   */
  public long rebuild() {
    current(); // so that there is one to replace
    String store = begin();
    deleteUnused();
    long applied = 0;
    while (true) {
      long last = Math.max(events.lastPosition(), current().position());
      Generation next = generation(NEXT);
      if (next == null || !next.store().equals(store)) {
        throw new IllegalStateException("another rebuild of the state " + name + " was begun");
      }
      if (next.position() < last) {
        applied += applyPage(next, last);
      } else if (makeCurrent(next)) {
        deleteUnused();
        return applied;
      }
    }
  }

  private Generation current() {
    Generation current = generation(CURRENT);
    while (current == null) {
      insert(CURRENT, newStore());
      current = generation(CURRENT);
    }
    return current;
  }

  private @Nullable Generation generation(String role) {
    return database
        .query(
            "read how far a state has come",
            "SELECT store, position FROM w7s_latest_state WHERE name = ? AND role = ?",
            row -> new Generation(role, row.getString(1), row.getLong(2)),
            name,
            role)
        .stream()
        .findFirst()
        .orElse(null);
  }

  private String newStore() {
    return "latest state " + name + " " + UUID.randomUUID();
  }

  private void insert(String role, String store) {
    database.run("begin a state", connection -> insert(connection, role, store));
  }

  /** Inserts a generation, unless there is one with the role. */
  private boolean insert(Connection connection, String role, String store) throws SQLException {
    return database.insertIfAbsent(
        connection,
        "INSERT INTO w7s_latest_state (name, role, store, position) VALUES (?, ?, ?, 0)",
        name,
        role,
        store);
  }

  /** Begins a generation; one that was begun before is not used any more. Returns its store. */
  private String begin() {
    String store = newStore();
    database.runInTransaction(
        "begin to rebuild a state",
        connection -> {
          retire(connection, NEXT, Long.MAX_VALUE);
          return insert(connection, NEXT, store);
        });
    return store;
  }

  private boolean retire(Connection connection, String role, long position) throws SQLException {
    return database.update(
            connection,
            "UPDATE w7s_latest_state SET role = store"
                + " WHERE name = ? AND role = ? AND position <= ?",
            name,
            role,
            position)
        == 1;
  }

  /** Has readers see a generation, if it is the next one and as far as the current one. */
  private boolean makeCurrent(Generation next) {
    return database.runInTransaction(
        "replace a state",
        connection ->
            moveOn(connection, next, next.position())
                && retire(connection, CURRENT, next.position())
                && database.update(
                        connection,
                        "UPDATE w7s_latest_state SET role = 'CURRENT'"
                            + " WHERE name = ? AND role = 'NEXT'",
                        name)
                    == 1);
  }

  /** Deletes the rows of generations that are not used any more, also of processes that died. */
  private void deleteUnused() {
    List<String> unused =
        database.query(
            "find an old state",
            "SELECT store FROM w7s_latest_state WHERE name = ? AND role = store",
            row -> row.getString(1),
            name);
    for (String store : unused) {
      var rows = new KeyValueRows(database, store);
      int deleted;
      do {
        deleted = database.run("delete an old state", rows::deleteSome);
      } while (deleted > 0);
      database.update(
          "delete an old state",
          "DELETE FROM w7s_latest_state WHERE name = ? AND role = ?",
          name,
          store);
    }
  }
}
