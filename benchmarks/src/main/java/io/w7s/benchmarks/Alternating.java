package io.w7s.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures several variants of an operation in turn, round by round in one run, so that whatever
 * the machine is busy with meets all of them. Prints the median of the rounds.
 */
final class Alternating {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final int WARM_UP_ROUNDS = 10;

  private final int rounds;
  private final long roundNanos;
  private final Map<String, Variant> variants = new LinkedHashMap<>();

  Alternating(int rounds, double secondsARound) {
    this.rounds = rounds;
    this.roundNanos = (long) (secondsARound * 1e9);
  }

  /** One call. */
  interface Variant {
    void call() throws Exception;
  }

  Alternating with(String name, Variant variant) {
    variants.put(name, variant);
    return this;
  }

  private record Figures(double p50, double p99, double perSecond, double bytes) {}

  void print(int... threadCounts) throws Exception {
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      for (Variant variant : variants.values()) {
        round(
            variant, i % 2 == 0 ? 8 : 1); // the compilers of both JVMs take their time on two cores
      }
    }
    System.out.println("| what | threads | p50 µs | p99 µs | a second | B/call |");
    System.out.println("| --- | --- | --- | --- | --- | --- |");
    for (int threads : threadCounts) {
      var figures = new LinkedHashMap<String, List<Figures>>();
      for (int i = 0; i < rounds; i++) {
        for (var variant : variants.entrySet()) {
          figures
              .computeIfAbsent(variant.getKey(), name -> new ArrayList<>())
              .add(round(variant.getValue(), threads));
        }
      }
      figures.forEach(
          (name, all) ->
              System.out.printf(
                  Locale.ROOT,
                  "| %s | %d | %.0f | %.0f | %,.0f [%,.0f..%,.0f] | %,.0f |%n",
                  name,
                  threads,
                  median(all.stream().mapToDouble(Figures::p50).toArray()),
                  median(all.stream().mapToDouble(Figures::p99).toArray()),
                  median(all.stream().mapToDouble(Figures::perSecond).toArray()),
                  all.stream().mapToDouble(Figures::perSecond).min().orElseThrow(),
                  all.stream().mapToDouble(Figures::perSecond).max().orElseThrow(),
                  median(all.stream().mapToDouble(Figures::bytes).toArray())));
    }
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private Figures round(Variant variant, int threads) throws Exception {
    var start = new CountDownLatch(1);
    var done = new CountDownLatch(threads);
    var calls = new AtomicLong();
    var allocated = new AtomicLong();
    var failed = new ArrayList<Exception>();
    long[][] took = new long[threads][];
    for (int t = 0; t < threads; t++) {
      int index = t;
      new Thread(
              () -> {
                var samples = new Samples();
                try {
                  start.await();
                  long before = THREADS.getCurrentThreadAllocatedBytes();
                  long end = System.nanoTime() + roundNanos;
                  for (long now = System.nanoTime(); now < end; ) {
                    variant.call();
                    long after = System.nanoTime();
                    samples.add(after - now);
                    now = after;
                  }
                  allocated.addAndGet(THREADS.getCurrentThreadAllocatedBytes() - before);
                } catch (Exception e) {
                  synchronized (failed) {
                    failed.add(e);
                  }
                }
                took[index] = samples.toArray();
                calls.addAndGet(took[index].length);
                done.countDown();
              })
          .start();
    }
    start.countDown();
    done.await();
    if (!failed.isEmpty()) {
      throw failed.get(0);
    }
    long[] all = Arrays.stream(took).flatMapToLong(Arrays::stream).sorted().toArray();
    return new Figures(
        all[all.length / 2] / 1e3,
        all[(int) (all.length * 0.99)] / 1e3,
        calls.get() * 1e9 / roundNanos,
        (double) allocated.get() / calls.get());
  }

  /** Grows seldom, so that it hardly shows in what is allocated. */
  private static final class Samples {
    private long[] nanos = new long[200_000];
    private int count;

    void add(long value) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, count * 2);
      }
      nanos[count++] = value;
    }

    long[] toArray() {
      return Arrays.copyOf(nanos, count);
    }
  }
}
