package io.w7s.sdk.consumption;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import org.junit.jupiter.api.Test;

class DoneMessagesTest {

  private final DoneMessages done = new DoneMessages(0x9e3779b97f4a7c15L);

  private static void put(DoneMessages set, String queue, String key, long owner, long time) {
    set.put(queue, key, set.hash(queue, key), owner, time);
  }

  private static int find(DoneMessages set, String queue, String key) {
    return set.find(queue, key, set.hash(queue, key));
  }

  @Property(tries = 300)
  void itHoldsWhatAMapWouldHold(@ForAll("messages") List<Tuple2<String, String>> messages) {
    var set = new DoneMessages(0x2545f4914f6cdd1dL);
    Map<Tuple2<String, String>, Long> model = new HashMap<>();
    long time = 0;
    for (Tuple2<String, String> message : messages) {
      put(set, message.get1(), message.get2(), -time, ++time);
      model.put(message, time);
      assertThat(set.size()).isEqualTo(model.size());
    }
    model.forEach(
        (message, at) -> {
          int entry = find(set, message.get1(), message.get2());
          assertThat(entry).isNotNegative();
          assertThat(set.time(entry)).isEqualTo(at);
          assertThat(set.owner(entry)).isEqualTo(1 - at);
          assertThat(find(set, message.get1(), message.get2() + "!")).isNegative();
        });
    set.clear();
    assertThat(set.size()).isZero();
    model
        .keySet()
        .forEach(message -> assertThat(find(set, message.get1(), message.get2())).isNegative());
  }

  /** Short texts of few letters, so that many are the same, or are the same when joined. */
  @Provide
  Arbitrary<List<Tuple2<String, String>>> messages() {
    Arbitrary<String> text = Arbitraries.strings().withChars('a', 'b', '\ud800').ofMaxLength(8);
    return text.flatMap(queue -> text.map(key -> Tuple.of(queue, key))).list().ofMaxSize(400);
  }

  @Test
  void aQueueAndAKeyAreNotMistakenForOthersThatLookTheSameInARow() {
    put(done, "ab", "c", 1, 1);

    assertThat(find(done, "a", "bc")).isNegative();
    assertThat(find(done, "abc", "")).isNegative();
    assertThat(find(done, "", "abc")).isNegative();
  }

  @Test
  void unpairedSurrogatesStayApart() {
    put(done, "q", "\ud800", 1, 1);

    assertThat(find(done, "q", "\ud801")).isNegative();
    assertThat(find(done, "q", "?")).isNegative();
  }

  @Test
  void aHundredThousandMessagesAreFoundAgain() {
    for (int i = 0; i < 100_000; i++) {
      put(done, "acme/worker/jobs", "message-" + i, i, 2L * i);
    }

    for (int i = 0; i < 100_000; i++) {
      int entry = find(done, "acme/worker/jobs", "message-" + i);
      if (entry < 0 || done.owner(entry) != i || done.time(entry) != 2L * i) {
        throw new AssertionError("message-" + i + " is " + entry);
      }
    }
    assertThat(done.size()).isEqualTo(100_000);
  }
}
