package io.w7s.sdk.store.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.okhttp.Guide;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.event.EventQuery;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.LatestState;
import io.w7s.sdk.store.keyvalue.D1KeyValueStore;
import io.w7s.sdk.store.keyvalue.JdbcKeyValueStore;
import io.w7s.sdk.store.keyvalue.KeyValueStore;
import io.w7s.sdk.store.keyvalue.KeyValueStore.Entry;
import io.w7s.sdk.store.keyvalue.KvNamespace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** docs/key-value.md shows code that compiles and runs, and no other. */
class KeyValueGuideTest {

  record Cart(List<String> items) {
    Cart with(String item) {
      return new Cart(Stream.concat(items.stream(), Stream.of(item)).toList());
    }
  }

  private static final Cart EMPTY = new Cart(List.of());
  private static final SubjectRef<String> ITEM_ADDED = SubjectRef.of("items.added", String.class);

  private final List<Cart> counted = new ArrayList<>();

  @Test
  void showsWhatIsCompiledAndNoOtherJava() throws IOException {
    Path code = Path.of("src/test/java/io/w7s/sdk/store/guide/KeyValueGuideTest.java");

    assertThat(Guide.shown(Path.of("../docs/key-value.md")))
        .containsExactlyInAnyOrderElementsOf(Guide.compiled(code));
  }

  record Settings(String currency) {}

  /** D1KeyValueStoreTest and StoresTest in w7s-bridge-tests run them behind a bridge. */
  @Test
  void withoutABridgeTheStoresBehindItSayWhatCannotBeReached() {
    W7sConfig config =
        W7sConfig.builder()
            .mode(W7sConfig.Mode.HOSTED)
            .app("acme/shop")
            .bridgeUrl(URI.create("http://127.0.0.1:1"))
            .bridgeSecrets(SigningSecrets.of(SigningSecrets.generate()))
            .build();

    assertThatThrownBy(() -> database(config)).hasMessageContaining("the bridge at http://127");
    assertThatThrownBy(() -> settings(Bridge.of(config), new Settings("EUR")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the bridge at http://127.0.0.1:1");
  }

  private static KeyValueStore<Cart> database(W7sConfig config) {
    // [database]
    Bridge bridge = Bridge.of(config);
    D1KeyValueStore.migrate(bridge, "DB"); // needs the deployed app; once is enough
    KeyValueStore<Cart> carts = D1KeyValueStore.of(bridge, "DB", "carts", Cart.class);
    // [database]
    return carts;
  }

  private static Optional<Settings> settings(Bridge bridge, Settings changed) {
    // [kv]
    KvNamespace<Settings> settings = KvNamespace.of(bridge, "CACHE", Settings.class);
    settings.put("shop", changed);
    Optional<Settings> found = settings.get("shop"); // or what was there a minute ago
    // [kv]
    return found;
  }

  @Test
  void aCartIsKept() throws SQLException {
    try (HikariDataSource h2 = Databases.pool("jdbc:h2:mem:key-value-guide")) {
      JdbcKeyValueStore<Cart> carts = put(h2, new Cart(List.of("book")));
      increment(carts, "pen");
      assertThat(carts.get("customer-7").orElseThrow().value().items())
          .containsExactly("book", "pen");

      count(carts);
      assertThat(counted).containsExactly(new Cart(List.of("book", "pen")));

      order(h2, carts, new Cart(List.of("book", "pen")));
      assertThat(carts.get("customer-7")).isEmpty();
    }
  }

  @Test
  void theStateFollowsTheEvents() {
    try (HikariDataSource h2 = Databases.pool("jdbc:h2:mem:latest-state-guide")) {
      StoreSchema.migrate(h2);
      EventStore events = EventStore.of(h2);
      events.append(ITEM_ADDED, "book", event -> event.stream("customer-7"));
      events.append(ITEM_ADDED, "pen", event -> event.stream("customer-7"));
      // [latest]
      LatestState<Cart> latest =
          LatestState.builder(events, "carts", Cart.class)
              .query(EventQuery.all().subject(ITEM_ADDED))
              .key(event -> event.stream().orElse(null))
              .apply(
                  (former, event) ->
                      (former == null ? EMPTY : former).with(event.data(String.class)))
              .build();

      latest.catchUp();
      Optional<Entry<Cart>> cart = latest.get("customer-7");
      // [latest]
      assertThat(cart.map(Entry::value)).contains(new Cart(List.of("book", "pen")));
    }
  }

  private static JdbcKeyValueStore<Cart> put(DataSource dataSource, Cart cart) {
    // [put]
    StoreSchema.migrate(dataSource);
    JdbcKeyValueStore<Cart> carts = JdbcKeyValueStore.of(dataSource, "carts", Cart.class);

    carts.put("customer-7", cart, Duration.ofDays(30)); // or without an end
    Optional<Entry<Cart>> found = carts.get("customer-7");
    // [put]
    assertThat(found.map(Entry::value)).contains(cart);
    return carts;
  }

  private static void increment(KeyValueStore<Cart> carts, String item) {
    // [replace]
    Entry<Cart> entry;
    do {
      entry = carts.get("customer-7").orElseThrow();
    } while (carts
        .replace("customer-7", entry.version(), entry.value().with(item), Duration.ofDays(30))
        .isEmpty());
    // [replace]
  }

  @Test
  void oneProcessHasTheJob() {
    KeyValueStore<String> jobs = KeyValueStore.inMemory(String.class);
    assertThat(isMine(jobs, "host 1")).isTrue();
    assertThat(isMine(jobs, "host 2")).isFalse();
  }

  private static boolean isMine(KeyValueStore<String> jobs, String hostName) {
    // [absent]
    boolean mine = jobs.putIfAbsent("nightly", hostName, Duration.ofHours(1)).isPresent();
    // [absent]
    return mine;
  }

  private void count(KeyValueStore<Cart> carts) {
    // [list]
    List<Entry<Cart>> page = carts.list("customer-", 100);
    while (!page.isEmpty()) {
      page.forEach(each -> count(each.value()));
      page = carts.list("customer-", 100, page.get(page.size() - 1).key());
    }
    // [list]
  }

  private void count(Cart cart) {
    counted.add(cart);
  }

  private static void order(DataSource dataSource, JdbcKeyValueStore<Cart> carts, Cart cart)
      throws SQLException {
    // [transaction]
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      insertOrder(connection, cart);
      carts.delete(connection, "customer-7");
      connection.commit();
    }
    // [transaction]
  }

  private static void insertOrder(Connection connection, Cart cart) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS orders (items integer)");
      statement.execute("INSERT INTO orders VALUES (" + cart.items().size() + ")");
    }
  }
}
