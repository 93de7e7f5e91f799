package io.w7s.samples.history;

import io.w7s.samples.history.Shop.Entry;
import io.w7s.samples.history.Shop.Order;
import io.w7s.samples.history.Shop.Packed;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.local.LocalAppServer;
import io.w7s.sdk.rpc.RpcOptions;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.store.JdbcParkedMessages;
import io.w7s.sdk.store.blob.JdbcBlobStore;
import io.w7s.sdk.store.event.EventQuery;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.Outbox;
import io.w7s.sdk.store.event.Replay;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Places orders, kills the shop twice, and tells what became of each order. The shop is a process
 * of its own; the warehouse, the statistics and the customers are in this one.
 */
final class Story implements AutoCloseable {

  private static final String PACKING = Shop.PACKING.toString();
  private static final long LONGEST_WAIT_SECONDS = 30;

  private final String jdbcUrl;
  private final Consumer<String> out;
  private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final String run = Long.toString(start.getEpochSecond(), Character.MAX_RADIX);
  private final EventStore events;
  private final JdbcParkedMessages parked;
  private final List<Order> orders = new ArrayList<>();
  private final Map<String, String> counted = new ConcurrentHashMap<>();
  private final W7sApp warehouse;
  private final LocalAppServer statistics;
  private final W7s w7s;
  private final Outbox outbox;
  private LocalAppServer openWarehouse;
  private ShopProcess shop;

  private Story(String jdbcUrl, DataSource database, Consumer<String> out) throws IOException {
    this.jdbcUrl = jdbcUrl;
    this.out = out;
    events = EventStore.of(database);
    var blobs = JdbcBlobStore.of(database);
    parked = JdbcParkedMessages.of(database);
    warehouse = new Warehouse(database).app(parked);
    openWarehouse = LocalAppServer.start(warehouse);
    shop = ShopProcess.start(jdbcUrl, 0, openWarehouse.url());
    statistics =
        LocalAppServer.start(
            W7sApp.builder(Shop.STATISTICS)
                .blobs(blobs)
                .on(Shop.ORDERS, it -> counted.put(it.body().id(), it.body().customer()))
                .build());
    w7s =
        W7s.builder(
                W7sConfig.builder()
                    .app("acme/audit")
                    .localApp("acme/shop", shop.url())
                    .localApp("acme/statistics", statistics.url())
                    .build())
            .blobs(blobs)
            .build();
    outbox = Outbox.builder(events, w7s).build(); // not started: it only looks
  }

  /** Tells the story, and ends with 1 when it does not go as it should. */
  public static void main(String[] args) {
    String file = "jdbc:sqlite:order-history.db?journal_mode=WAL&busy_timeout=20000";
    try {
      tell(System.getenv().getOrDefault(Database.VARIABLE, file), System.out::println);
    } catch (Exception e) {
      System.err.println("run: " + e);
      System.exit(1);
    }
  }

  /** Tells the story with a database, line by line. */
  static void tell(String jdbcUrl, Consumer<String> out) throws Exception {
    try (var database = Database.open(jdbcUrl);
        var story = new Story(jdbcUrl, database, out)) {
      story.say(
          "database",
          "%s; orders of this run are %s-1 and so on".formatted(product(database), story.run));
      story.ordersArePacked();
      story.ordersHaveAHistory();
      story.aLargeOrderGoesByWayOfABlob();
      story.poisonIsParked();
      story.aShopIsKilledBeforeItSends();
      story.aQueueLosesAMessage();
      story.aConsumerComesLater();
      story.whatBecameOfAll();
    }
  }

  @Override
  public void close() {
    outbox.close();
    w7s.close();
    statistics.close();
    openWarehouse.close();
    shop.close();
  }

  // ---- The chapters

  private void ordersArePacked() throws InterruptedException {
    place("ann", "book");
    place("ben", "lamp");
    place("ann", "lamp");
    say(
        "placed",
        "%d orders, each with its event and its message in one transaction"
            .formatted(orders.size()));
    await("the warehouse confirms all", () -> orders.stream().allMatch(this::isConfirmed));
    say("packed", "%d orders, each confirmed to the outbox of the shop".formatted(packed().size()));
  }

  private void ordersHaveAHistory() {
    String id = orders.get(0).id();
    for (Entry entry : history(Shop.ORDER_HISTORY, call -> call.variable("id", id))) {
      say("history", "%s, %s".formatted(id, entry));
    }
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS).plusMillis(1);
    List<Entry> ofAnn =
        history(
            Shop.CUSTOMER_HISTORY,
            call -> call.variable("customer", "ann").query("from", start).query("to", now));
    say("audit", "customer ann from %s to %s: %d events".formatted(start, now, ofAnn.size()));
  }

  private List<Entry> history(RpcRef<Void, List<Entry>> route, Consumer<RpcOptions> options) {
    return w7s.rpc().call(route, null, options);
  }

  private void aLargeOrderGoesByWayOfABlob() throws InterruptedException {
    Order poster = place("ben", "poster", "x".repeat(100_000));
    await("the warehouse confirms " + poster.id(), () -> isConfirmed(poster));
    Packed packed =
        events.stream(EventQuery.all().stream(poster.id()).subject(Shop.ORDER_PACKED))
            .map(event -> event.data(Packed.class))
            .findFirst()
            .orElseThrow();
    say(
        "large",
        "%s has a message of %d bytes, where a queue takes 65536; the warehouse got a picture of %d"
            .formatted(
                poster.id(),
                events.find(poster.packingId()).orElseThrow().json().length,
                packed.pictureBytes()));
  }

  private void poisonIsParked() throws InterruptedException {
    Order poison = place("ben", "unicorn");
    Order next = place("ben", "book");
    await("the warehouse decides both", () -> isConfirmed(poison) && isConfirmed(next));
    ParkedMessage message = parked.find(PACKING, poison.packingId()).orElseThrow();
    say(
        "parked",
        "%s after %d attempt: %s; %s behind it is packed"
            .formatted(poison.id(), message.attempts(), message.reason(), next.id()));
  }

  /** It dies between the commit and the send. */
  private void aShopIsKilledBeforeItSends() throws Exception {
    shop.cutTheNetwork();
    Order order = place("ann", "book");
    await("the shop tries to send", () -> outbox.unsent(order.packingId()).get(0).attempts() > 0);
    long killed = shop.pid();
    shop.kill();
    say(
        "crash",
        ("%s is placed; process %d was killed while it sent the message; %d queues have it, %d in"
                + " the outbox")
            .formatted(
                order.id(),
                killed,
                outbox.sent(order.packingId()).size(),
                outbox.unsent(order.packingId()).size()));
    long millis = startShopAgain(order);
    say(
        "recovery",
        "process %d has sent the message of %s, and it is packed, after %d ms"
            .formatted(shop.pid(), order.id(), millis));
  }

  /** The message is sent, and gone before it is delivered. */
  private void aQueueLosesAMessage() throws Exception {
    int port = openWarehouse.port();
    openWarehouse.close();
    Order order = place("ben", "lamp");
    await("the shop sends", () -> !outbox.sent(order.packingId()).isEmpty());
    long killed = shop.pid();
    shop.kill(); // and with it the local platform, where the message was waiting
    openWarehouse = LocalAppServer.start(warehouse, port);
    say(
        "loss",
        "%s is sent; process %d was killed, and its queue with it; %d in the outbox, %d packed"
            .formatted(
                order.id(),
                killed,
                outbox.unsent(order.packingId()).size(),
                events.count(EventQuery.all().stream(order.id()).subject(Shop.ORDER_PACKED))));
    long millis = startShopAgain(order);
    say(
        "reconciled",
        ("nobody confirmed %s within 2 s, so process %d sent it again (resends: %d), and it is"
                + " packed, after %d ms")
            .formatted(
                order.id(), shop.pid(), outbox.sent(order.packingId()).get(0).resends(), millis));
  }

  /** Returns how long it took until the warehouse confirmed the order. */
  private long startShopAgain(Order waiting) throws IOException, InterruptedException {
    long started = System.nanoTime();
    shop = ShopProcess.start(jdbcUrl, shop.url().getPort(), openWarehouse.url());
    await("the warehouse confirms " + waiting.id(), () -> isConfirmed(waiting));
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
  }

  private void aConsumerComesLater() throws InterruptedException {
    Replay replay =
        Replay.of(events, EventQuery.all().subject(Shop.ORDER_PLACED).from(start))
            .named("statistics " + run)
            .perSecond(100);
    long found = replay.count();
    long replayed = replay.toQueue(Shop.ORDERS, w7s.queues());
    await("the statistics have all orders", () -> counted.size() == replayed);
    say(
        "replay",
        "a dry run finds %d orders; %d replayed to the new statistics: %s"
            .formatted(
                found,
                replayed,
                counted.values().stream()
                    .collect(
                        Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()))));
  }

  private void whatBecameOfAll() {
    List<String> packed = packed();
    say(
        "sum",
        "%d placed, %d packed, %d of them twice, %d parked, %d not confirmed"
            .formatted(
                orders.size(),
                packed.size(),
                packed.size() - packed.stream().distinct().count(),
                orders.stream()
                    .flatMap(order -> parked.find(PACKING, order.packingId()).stream())
                    .count(),
                orders.stream().filter(order -> !isConfirmed(order)).count()));
  }

  // ---- What they need

  private Order place(String customer, String product) {
    return place(customer, product, "");
  }

  private Order place(String customer, String product, String picture) {
    var order = new Order(run + "-" + (orders.size() + 1), customer, product, picture);
    w7s.rpc().call(Shop.PLACE, order);
    orders.add(order);
    return order;
  }

  /** Returns the orders that were packed in this run. */
  private List<String> packed() {
    return events.stream(EventQuery.all().subject(Shop.ORDER_PACKED).from(start))
        .map(event -> event.stream().orElseThrow())
        .toList();
  }

  private boolean isConfirmed(Order order) {
    return outbox.sent(order.packingId()).stream()
        .anyMatch(message -> message.confirmedAt().isPresent());
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException(
            "waited for %d s until %s".formatted(LONGEST_WAIT_SECONDS, what));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void say(String chapter, String line) {
    out.accept("%-10s %s".formatted(chapter, line));
  }

  private static String product(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return connection.getMetaData().getDatabaseProductName()
          + " "
          + connection.getMetaData().getDatabaseProductVersion();
    }
  }
}
