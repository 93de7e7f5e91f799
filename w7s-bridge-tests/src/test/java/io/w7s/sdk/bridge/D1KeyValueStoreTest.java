package io.w7s.sdk.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.store.contract.KeyValueStoreContract;
import io.w7s.sdk.store.keyvalue.D1KeyValueStore;
import io.w7s.sdk.store.keyvalue.KeyValueStore;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values by key in a D1 database behind the bridge. */
@Timeout(120)
class D1KeyValueStoreTest extends KeyValueStoreContract {

  private static StoresProcess stores;
  private static Bridge bridge;

  private final VirtualTime clock = new VirtualTime(Instant.now(), 1);

  @BeforeAll
  static void start() {
    stores = StoresProcess.start();
    bridge = stores.bridge();
    D1KeyValueStore.migrate(bridge, "DB");
  }

  @AfterAll
  static void stop() {
    if (stores != null) {
      bridge.close();
      stores.close();
    }
  }

  @Override
  protected KeyValueStore<Note> store(String name) {
    return D1KeyValueStore.builder(bridge, "DB", name, TypeRef.of(Note.class)).time(clock).build();
  }

  @Override
  protected void pass(Duration time) {
    clock.advance(time);
  }

  private static D1KeyValueStore<Note> withItsOwnClock() {
    return D1KeyValueStore.of(bridge, "DB", UUID.randomUUID().toString(), Note.class);
  }

  @Test
  void migratingAgainChangesNothing() {
    KeyValueStore<Note> store = withItsOwnClock();
    long before = store.put("k", new Note("a"));

    D1KeyValueStore.migrate(bridge, "DB");

    assertThat(store.get("k")).isPresent();
    assertThat(store.put("k", new Note("b"))).isGreaterThan(before);
  }

  @Test
  void entriesExpireByTheClockOfTheDatabase() {
    KeyValueStore<Note> store = withItsOwnClock();

    store.put("k", new Note("a"), Duration.ofMinutes(5));
    store.put("gone", new Note("a"), Duration.ofMillis(1));

    assertThat(store.get("k").orElseThrow().expiry().orElseThrow())
        .isBetween(
            Instant.now().plus(Duration.ofMinutes(4)), Instant.now().plus(Duration.ofMinutes(6)));
    while (store.get("gone").isPresent()) {
      Thread.onSpinWait();
    }
    assertThat(store.purge()).isEqualTo(1);
  }

  /** A bridge could not read and write all of them in its time. */
  @Test
  void aPageOfLargeValuesIsReadInParts() {
    KeyValueStore<Note> store = withItsOwnClock();
    Note large = new Note("ä\"".repeat(150_000));
    for (int i = 0; i < 5; i++) {
      store.put("k" + i, large);
    }

    assertThat(store.list("k", 4)).hasSize(4).allMatch(entry -> entry.value().equals(large));
    assertThat(store.list("k", 100)).hasSize(5);
    assertThat(store.list("k", 100, "k3"))
        .extracting(KeyValueStore.Entry::key)
        .containsExactly("k4");
  }

  @Test
  void keysOfTheLastCodePointAreListedWithTheirPrefix() {
    KeyValueStore<Note> store = withItsOwnClock();
    String last = Character.toString(Character.MAX_CODE_POINT);
    for (String key : new String[] {"a", "a" + last, "a" + last.repeat(199), "b"}) {
      store.put(key, new Note("x"));
    }

    assertThat(store.list("a", 10)).hasSize(3);
    assertThat(store.list("a" + last, 10)).hasSize(2);
  }

  @Test
  void aMissingTableIsToldAsTheFailureOfTheDatabase() {
    try (StoresProcess others = StoresProcess.start();
        Bridge other = others.bridge()) {
      assertThatThrownBy(
              () -> D1KeyValueStore.of(other, "DB", "carts", Note.class).put("k", new Note("a")))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("cannot put an entry")
          .hasMessageContaining("the D1 database DB failed")
          .hasMessageContaining("no such table: w7s_entry_versions");
    }
  }

  @Test
  void namesOfBindingsAreChecked() {
    for (String name : new String[] {"", "a b", "../x", "W7S_QUEUE", "x".repeat(101)}) {
      assertThatThrownBy(() -> D1KeyValueStore.of(bridge, name, "carts", Note.class))
          .isInstanceOf(InvalidInputException.class);
    }
  }
}
