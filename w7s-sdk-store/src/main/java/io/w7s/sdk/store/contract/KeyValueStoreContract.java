package io.w7s.sdk.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.store.keyvalue.KeyValueStore;
import io.w7s.sdk.store.keyvalue.KeyValueStore.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link KeyValueStore} must do. A test of an implementation extends it; for {@code
 * JdbcKeyValueStore} it shows that your database, driver and settings are right:
 *
 * <pre>{@code
 * class KeyValueStoreOnOurDatabaseTest extends KeyValueStoreContract {
 *   protected KeyValueStore<Note> store(String name) {
 *     return JdbcKeyValueStore.builder(dataSource, name, TypeRef.of(Note.class)).time(clock).build();
 *   }
 *   protected void pass(Duration time) { clock.advance(time); }
 * }
 * }</pre>
 *
 * <p>Each test uses stores of its own, and leaves its entries there.
 */
public abstract class KeyValueStoreContract {

  /** What is kept. */
  public record Note(String text) {}

  private static final int THREADS = 8;
  private static final int INCREMENTS = 25;
  private static final Duration HOUR = Duration.ofHours(1);

  /** In the order of code points, which is not that of UTF-16, of locales or of any collation. */
  private static final List<String> IN_ORDER =
      List.of(
          "-", "A", "B", "Z", "_", "a", "a b", "a%", "a-", "aA", "a_", "aa", "b", "z", "~", "À",
          "ß", "ä", "я", "中", "\ue000", "\uffee", "😀", "😁");

  private final String run = UUID.randomUUID().toString();

  /** For the class that extends this. */
  protected KeyValueStoreContract() {}

  /** Returns the store with a name; another one with the same name has the same entries. */
  protected abstract KeyValueStore<Note> store(String name);

  /** Lets time pass for the stores. */
  protected abstract void pass(Duration time);

  private KeyValueStore<Note> store() {
    return store(run);
  }

  private static Note note(String text) {
    return new Note(text);
  }

  private static String text(KeyValueStore<Note> store, String key) {
    return store.get(key).map(entry -> entry.value().text()).orElse("nothing");
  }

  private static List<String> keys(List<Entry<Note>> entries) {
    return entries.stream().map(Entry::key).toList();
  }

  @Test
  void keepsTheLastValueOfAKey() {
    KeyValueStore<Note> store = store();
    assertThat(store.get("k")).isEmpty();

    store.put("k", note("first"));
    long version = store.put("k", note("größer 😀"));

    Entry<Note> entry = store.get("k").orElseThrow();
    assertThat(entry.key()).isEqualTo("k");
    assertThat(entry.value()).isEqualTo(note("größer 😀"));
    assertThat(entry.version()).isEqualTo(version);
    assertThat(entry.expiry()).isEmpty();
    assertThat(entry.toString()).contains("k").doesNotContain("größer");
    assertThat(text(store(), "k")).isEqualTo("größer 😀");
  }

  @Test
  void storesWithDifferentNamesAreApart() {
    store().put("k", note("one"));
    store("another " + run).put("k", note("other"));

    assertThat(text(store(), "k")).isEqualTo("one");
    assertThat(store("another " + run).delete("k")).isTrue();
    assertThat(text(store(), "k")).isEqualTo("one");
    assertThat(keys(store().list("", 10))).containsExactly("k");
  }

  @Test
  void putIfAbsentKeepsWhatIsThere() {
    KeyValueStore<Note> store = store();

    OptionalLong first = store.putIfAbsent("k", note("first"));
    OptionalLong second = store.putIfAbsent("k", note("second"));

    assertThat(first).isPresent();
    assertThat(second).isEmpty();
    assertThat(store.get("k").orElseThrow())
        .isEqualTo(new Entry<>("k", note("first"), first.getAsLong(), Optional.empty()));
    store.delete("k");
    assertThat(store.putIfAbsent("k", note("third"), HOUR)).isPresent();
    assertThat(text(store, "k")).isEqualTo("third");
  }

  @Test
  void replacesTheExpectedVersionOnly() {
    KeyValueStore<Note> store = store();
    long first = store.put("k", note("first"));

    OptionalLong second = store.replace("k", first, note("second"));

    assertThat(second).isPresent();
    assertThat(store.replace("k", first, note("late"))).isEmpty();
    assertThat(store.replace("k", first, note("late"), HOUR)).isEmpty();
    assertThat(store.replace("not there", first, note("late"))).isEmpty();
    assertThat(text(store, "k")).isEqualTo("second");
    assertThat(store.get("k").orElseThrow().version()).isEqualTo(second.getAsLong());
    assertThat(store.get("not there")).isEmpty();
  }

  @Test
  void deletesTheExpectedVersionOnly() {
    KeyValueStore<Note> store = store();
    long first = store.put("k", note("first"));
    long second = store.put("k", note("second"));

    assertThat(store.delete("k", first)).isFalse();
    assertThat(text(store, "k")).isEqualTo("second");
    assertThat(store.delete("k", second)).isTrue();
    assertThat(store.get("k")).isEmpty();
    assertThat(store.delete("k", second)).isFalse();
    assertThat(store.delete("k")).isFalse();
    store.put("k", note("third"));
    assertThat(store.delete("k")).isTrue();
    assertThat(store.delete("k")).isFalse();
  }

  /** Or whoever read the first one would overwrite what came later, and not notice. */
  @Test
  void aKeyThatComesAgainNeverHasAnOldVersion() {
    KeyValueStore<Note> store = store();
    Set<Long> versions = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      assertThat(versions.add(store.put("k", note("put")))).isTrue();
      assertThat(versions.add(store.put("k", note("put")))).isTrue();
      store.delete("k");
      assertThat(versions.add(store.putIfAbsent("k", note("put")).getAsLong())).isTrue();
      store.delete("k");
      assertThat(versions.add(store.put("k", note("expires"), Duration.ofMillis(1)))).isTrue();
      pass(Duration.ofMillis(1));
      store.purge();
    }
    store.put("k", note("last"));

    for (long version : versions) {
      assertThat(store.replace("k", version, note("late"))).isEmpty();
      assertThat(store.delete("k", version)).isFalse();
    }
    assertThat(text(store, "k")).isEqualTo("last");
  }

  @Test
  void listsInTheOrderOfCodePoints() {
    KeyValueStore<Note> store = store();
    List<String> shuffled = new ArrayList<>(IN_ORDER);
    Collections.shuffle(shuffled, new Random(1));
    shuffled.forEach(key -> store.put(key, note("of " + key)));

    List<Entry<Note>> all = store.list("", 100);

    assertThat(keys(all)).isEqualTo(IN_ORDER);
    assertThat(all).allMatch(entry -> entry.value().text().equals("of " + entry.key()));
  }

  @Test
  void listsPageByPage() {
    KeyValueStore<Note> store = store();
    IN_ORDER.forEach(key -> store.put(key, note(key)));

    List<String> read = new ArrayList<>();
    List<String> page = keys(store.list("", 5));
    while (!page.isEmpty()) {
      read.addAll(page);
      page = keys(store.list("", 5, page.get(page.size() - 1)));
    }

    assertThat(read).isEqualTo(IN_ORDER);
    assertThat(keys(store.list("a", 2, "a"))).containsExactly("a b", "a%");
    assertThat(keys(store.list("a", 100, "A"))).hasSize(7);
    assertThat(keys(store.list("a", 100, "a not there"))).startsWith("a%");
    assertThat(keys(store.list("a", 100, "b"))).isEmpty();
    assertThat(keys(store.list("", 100, "😁"))).isEmpty();
  }

  @Test
  void noCharacterOfAPrefixHasAMeaning() {
    KeyValueStore<Note> store = store();
    List<String> keys =
        List.of(
            "%",
            "%a", "50%", "50% off", "500", "_", "_a", "a_b", "axb", "A_B", "\\", "\\%", "*", "?",
            "'; --", "größe", "große", "Größe", "😀", "😀a", "😁", "a", "ab", "b", "a\n");
    keys.forEach(key -> store.put(key, note(key)));

    for (String prefix :
        List.of(
            "%",
            "50%", "_", "a_", "a", "A", "\\", "\\%", "*", "?", "'", "grö", "gro", "😀", "zz",
            "a\n")) {
      assertThat(keys(store.list(prefix, 100)))
          .as("prefix %s", prefix)
          .containsExactlyInAnyOrderElementsOf(
              keys.stream().filter(key -> key.startsWith(prefix)).toList());
    }
  }

  @Test
  void anEntryThatHasExpiredIsNotSeenByAnyMethod() {
    KeyValueStore<Note> store = store();
    store.put("stays", note("stays"));
    store.put("longer", note("longer"), HOUR.plusMillis(1));
    for (String key : List.of("get", "put", "putIfAbsent", "replace", "delete", "deleteVersion")) {
      store.put(key, note("old"), HOUR);
    }
    long replace = store.get("replace").orElseThrow().version();
    long delete = store.get("deleteVersion").orElseThrow().version();
    pass(HOUR.minusMillis(1));
    assertThat(store.list("", 100)).hasSize(8);
    pass(Duration.ofMillis(1));

    assertThat(store.get("get")).isEmpty();
    assertThat(keys(store.list("", 100))).containsExactly("longer", "stays");
    assertThat(store.replace("replace", replace, note("new"))).isEmpty();
    assertThat(store.delete("delete")).isFalse();
    assertThat(store.delete("deleteVersion", delete)).isFalse();
    assertThat(store.putIfAbsent("putIfAbsent", note("new"))).isPresent();
    store.put("put", note("new"));
    assertThat(keys(store.list("", 100))).containsExactly("longer", "put", "putIfAbsent", "stays");
    pass(HOUR);
    assertThat(keys(store.list("", 100))).containsExactly("put", "putIfAbsent", "stays");
  }

  @Test
  void theLastWriteSaysWhenAnEntryExpires() {
    KeyValueStore<Note> store = store();
    store.put("k", note("1"), HOUR);
    long version = store.put("k", note("2"));
    assertThat(store.get("k").orElseThrow().expiry()).isEmpty();
    pass(HOUR);
    assertThat(text(store, "k")).isEqualTo("2");

    version = store.replace("k", version, note("3"), HOUR).getAsLong();
    assertThat(store.get("k").orElseThrow().expiry()).isPresent();
    pass(HOUR.dividedBy(2));
    version = store.replace("k", version, note("4"), HOUR).getAsLong();
    pass(HOUR.dividedBy(2));
    assertThat(text(store, "k")).isEqualTo("4");
    store.replace("k", version, note("5"));
    pass(HOUR);
    assertThat(text(store, "k")).isEqualTo("5");
    store.put("k", note("6"), HOUR);
    pass(HOUR);
    assertThat(store.get("k")).isEmpty();
  }

  @Test
  void purgesWhatHasExpiredAndNothingElse() {
    KeyValueStore<Note> store = store();
    store.put("stays", note("stays"));
    store.put("later", note("later"), HOUR.multipliedBy(3));
    for (int i = 0; i < 5; i++) {
      store.put("old " + i, note("old"), HOUR);
      store("another " + run).put("old " + i, note("old"), HOUR);
    }
    pass(HOUR.multipliedBy(2));

    assertThat(store.purge()).isEqualTo(5);
    assertThat(store.purge()).isZero();
    assertThat(keys(store.list("", 10))).containsExactly("later", "stays");
    assertThat(store("another " + run).purge()).isEqualTo(5);
  }

  @Test
  void refusesWhatItCannotKeep() {
    KeyValueStore<Note> store = store();
    String surrogate = "\ud83d";

    for (String key : List.of("", "a\u0000b", surrogate, "x".repeat(401))) {
      assertRefused(() -> store.get(key));
      assertRefused(() -> store.put(key, note("")));
      assertRefused(() -> store.put(key, note(""), HOUR));
      assertRefused(() -> store.putIfAbsent(key, note("")));
      assertRefused(() -> store.replace(key, 1, note("")));
      assertRefused(() -> store.delete(key));
      assertRefused(() -> store.delete(key, 1));
    }
    for (String part : List.of("a\u0000b", surrogate, "x".repeat(401))) {
      assertRefused(() -> store.list(part, 1));
      assertRefused(() -> store.list("", 1, part));
    }
    for (Duration time :
        List.of(
            Duration.ZERO,
            HOUR.negated(),
            Duration.ofNanos(999_999),
            KeyValueStore.MAX_TIME_TO_LIVE.plusMillis(1))) {
      assertRefused(() -> store.put("k", note(""), time));
      assertRefused(() -> store.putIfAbsent("k", note(""), time));
      assertRefused(() -> store.replace("k", 1, note(""), time));
    }
    assertRefused(() -> store.put("k", note("x".repeat(KeyValueStore.MAX_VALUE_BYTES))));
    assertThatThrownBy(() -> putNull(store)).isInstanceOf(NullPointerException.class);
    assertRefused(() -> store.list("", 0));
    assertRefused(() -> store.list("", KeyValueStore.MAX_PAGE + 1));
    assertThat(store.list("", 10)).isEmpty();
  }

  @SuppressWarnings("NullAway") // not every caller has such a check
  private static void putNull(KeyValueStore<Note> store) {
    store.put("k", null);
  }

  private static void assertRefused(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void keepsTheLongestKeyAndTheLargestValue() {
    KeyValueStore<Note> store = store();
    Note large = note("x".repeat(KeyValueStore.MAX_VALUE_BYTES - "{\"text\":\"\"}".length()));
    for (String key : List.of("x".repeat(400), "中".repeat(400), "😀".repeat(200))) {
      store.put(key, large, KeyValueStore.MAX_TIME_TO_LIVE);

      assertThat(store.get(key).orElseThrow().value()).isEqualTo(large);
      assertThat(keys(store.list(key, 10))).containsExactly(key);
      assertThat(store.list(key, 10, key)).isEmpty();
    }
  }

  @Test
  void threadsThatIncrementByCompareAndSetLoseNothing() throws Exception {
    store().put("counter", note("0"));

    inThreads(
        thread -> {
          KeyValueStore<Note> store = store();
          for (int i = 0; i < INCREMENTS; i++) {
            Entry<Note> entry;
            Note next;
            do {
              entry = store.get("counter").orElseThrow();
              next = note(String.valueOf(Integer.parseInt(entry.value().text()) + 1));
            } while (store.replace("counter", entry.version(), next).isEmpty());
          }
          return true;
        });

    assertThat(text(store(), "counter")).isEqualTo(String.valueOf(THREADS * INCREMENTS));
  }

  @Test
  void oneOfManyThreadsPutsWhatIsAbsent() throws Exception {
    for (int round = 0; round < 10; round++) {
      String key = "round " + round;
      List<Boolean> put =
          inThreads(thread -> store().putIfAbsent(key, note(String.valueOf(thread))).isPresent());

      assertThat(put).containsOnlyOnce(true);
      assertThat(text(store(), key)).isEqualTo(String.valueOf(put.indexOf(true)));
    }
  }

  @Test
  void threadsPutAndDeleteTheSameKey() throws Exception {
    Set<Long> versions = Collections.synchronizedSet(new HashSet<>());
    inThreads(
        thread -> {
          for (int i = 0; i < INCREMENTS; i++) {
            assertThat(versions.add(store().put("k", note("put"), HOUR))).isTrue();
            store().delete("k");
          }
          return true;
        });

    assertThat(versions).hasSize(THREADS * INCREMENTS);
    assertThat(store().get("k")).isEmpty();
  }

  /** Either the entry is replaced before it expires, or one thread puts another one afterwards. */
  @Test
  void aKeyWhoseEntryExpiresHasOneSuccessor() throws Exception {
    for (int round = 0; round < 10; round++) {
      String key = "round " + round;
      long version = store().put(key, note("former"), HOUR);
      store().put("purged " + key, note("purged"), HOUR);

      List<OptionalLong> written =
          inThreads(
              thread ->
                  switch (thread) {
                    case 0 -> {
                      pass(HOUR);
                      yield OptionalLong.empty();
                    }
                    case 1 -> store().replace(key, version, note("1"));
                    case 2 -> {
                      store().purge();
                      yield OptionalLong.empty();
                    }
                    default -> {
                      OptionalLong put;
                      do {
                        put = store().putIfAbsent(key, note(String.valueOf(thread)));
                      } while (put.isEmpty() && !isReplaced(key, version));
                      yield put;
                    }
                  });

      List<OptionalLong> successors = written.stream().filter(OptionalLong::isPresent).toList();
      assertThat(successors).hasSize(1);
      Entry<Note> entry = store().get(key).orElseThrow();
      assertThat(entry.version()).isEqualTo(successors.get(0).getAsLong());
      assertThat(entry.value().text())
          .isEqualTo(String.valueOf(written.indexOf(successors.get(0))));
    }
  }

  private boolean isReplaced(String key, long version) {
    return store().get(key).map(Entry::version).filter(v -> v != version).isPresent();
  }

  private interface Work<T> {
    T run(int thread) throws Exception;
  }

  private static <T> List<T> inThreads(Work<T> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<T>> all =
          IntStream.range(0, THREADS).<Callable<T>>mapToObj(i -> () -> work.run(i)).toList();
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(all)) {
        results.add(each.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
