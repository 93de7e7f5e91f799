package io.w7s.sdk.testing;

import static io.w7s.sdk.testing.Acme.DONE;
import static io.w7s.sdk.testing.Acme.JOBS;
import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.testing.Acme.Job;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests start no threads and leak no memory. */
class FootprintTest {

  private static final int TESTS = 10_000;
  private static final int MEGABYTE = 1 << 20;

  /** Shared, because it is costly. Everything else is created for each test. */
  private static final JsonCodec CODEC = JacksonCodec.create();

  /** What a typical test does: publish, fan out to two queues, run both handlers. */
  private static InMemoryW7s userTest() {
    InMemoryW7s w7s = InMemoryW7s.builder().codec(CODEC).build();
    InMemoryW7s.Scope current = w7s.makeCurrent();
    List<String> handled = new ArrayList<>();
    w7s.deploy(subscriber("acme/mail", handled), subscriber("acme/stock", handled));
    w7s.as("acme/shop").events().publish(DONE, new Job("a"));
    w7s.runUntilIdle();
    assertThat(handled.equals(List.of("acme/mail a", "acme/stock a"))).isTrue();
    current.close();
    return w7s;
  }

  private static W7sApp subscriber(String app, List<String> handled) {
    return W7sApp.builder(AppRef.of(app))
        .codec(CODEC)
        .on(DONE, "events", event -> handled.add(app + " " + event.data().name()))
        .build();
  }

  @Test
  void aTestStartsNoThread() {
    userTest(); // whatever the JVM starts for its first time
    Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());

    userTest();

    assertThat(Thread.getAllStackTraces().keySet()).isSubsetOf(before);
  }

  @Test
  void tenThousandTestsLeakNothing() {
    List<WeakReference<InMemoryW7s>> platforms = new ArrayList<>();
    for (int i = 0; i < TESTS; i++) {
      platforms.add(new WeakReference<>(userTest()));
    }

    assertThat(platforms).allSatisfy(FootprintTest::assertCollected);
  }

  private static void assertCollected(WeakReference<?> reference) {
    for (int i = 0; i < 20 && reference.get() != null; i++) {
      System.gc();
    }
    assertThat(reference.get()).isNull();
  }

  @Test
  void aBoundedJournalDoesNotGrowTheHeap() {
    InMemoryW7s w7s = InMemoryW7s.builder().journalLimit(1_000).build();
    var handled = new int[1];
    w7s.deploy(W7sApp.builder(AppRef.of("acme/worker")).on(JOBS, message -> handled[0]++).build());
    handle(w7s, 20_000);
    long before = usedHeap();

    handle(w7s, 100_000);

    assertThat(usedHeap() - before).isLessThan(2 * MEGABYTE);
    assertThat(handled[0]).isEqualTo(120_000);
    assertThat(w7s.journal().size()).isEqualTo(1_000);
    assertThat(w7s.journal().forgotten()).isGreaterThan(350_000);
  }

  private static void handle(InMemoryW7s w7s, int messages) {
    for (int i = 1; i <= messages; i++) {
      w7s.as("acme/shop").queues().send(JOBS, new Job("a"));
      if (i % 1_000 == 0) {
        w7s.runUntilIdle();
      }
    }
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }
}
