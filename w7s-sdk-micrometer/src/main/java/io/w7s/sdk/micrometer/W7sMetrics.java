package io.w7s.sdk.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.w7s.sdk.app.HandlerInterceptor;
import io.w7s.sdk.app.HandlerInvocation;
import io.w7s.sdk.consumption.BatchReport;
import io.w7s.sdk.consumption.Fate;
import io.w7s.sdk.spi.CallInterceptor;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.spi.OutgoingCall;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts what observations do not show: what became of the messages of queues with {@code
 * consumption} ({@code w7s.queue.messages}), and how much too early calls came for the platform's
 * rate limits ({@code w7s.pacing.wait}).
 *
 * <pre>{@code
 * W7sMetrics metrics = W7sMetrics.of(meterRegistry);
 *
 * W7s w7s = W7s.builder(config).intercept(metrics).build();
 * W7sApp app = W7sApp.builder(WORKER).intercept(metrics).build();
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class W7sMetrics implements CallInterceptor, HandlerInterceptor {

  private final MeterRegistry registry;
  private final Iterable<Tag> tags;

  /**
   * By queue. Their names are those that the apps of this process have declared, so they are few.
   */
  private final Map<String, Map<Fate, Counter>> messages = new ConcurrentHashMap<>();

  private W7sMetrics(MeterRegistry registry, Iterable<Tag> tags) {
    this.registry = requireNonNull(registry, "registry");
    this.tags = requireNonNull(tags, "tags");
  }

  /** Returns metrics that are registered when there is something to count. */
  public static W7sMetrics of(MeterRegistry registry) {
    return of(registry, Tags.empty());
  }

  /**
   * Returns metrics with tags of your own.
   *
   * @param tags added to each meter
   */
  public static W7sMetrics of(MeterRegistry registry, Iterable<Tag> tags) {
    return new W7sMetrics(registry, tags);
  }

  /** Waits for the pacing of the call. */
  @Override
  public CallObserver intercept(OutgoingCall call) {
    return new CallObserver() {
      @Override
      public void throttled(Duration excess) {
        Timer.builder("w7s.pacing.wait")
            .description("How long calls would have to wait to stay within the rate limits")
            .tags(tags)
            .tag("w7s.operation", call.name())
            .tag("w7s.target", call.targetTemplate())
            .register(registry)
            .record(excess);
      }
    };
  }

  /** Calls the handler. */
  @Override
  public void intercept(HandlerInvocation handler) throws Exception {
    handler.proceed();
  }

  /** Counts the messages of a delivery. */
  @Override
  public void delivered(BatchReport report) {
    Map<Fate, Counter> counters = messages.computeIfAbsent(report.queue(), this::counters);
    counters.forEach(
        (fate, counter) -> {
          int count = report.count(fate);
          if (count > 0) {
            counter.increment(count);
          }
        });
  }

  /** Registers all of them at once: a counter that appears with its first message has no rate. */
  private Map<Fate, Counter> counters(String queue) {
    var counters = new EnumMap<Fate, Counter>(Fate.class);
    for (Fate fate : Fate.values()) {
      counters.put(
          fate,
          Counter.builder("w7s.queue.messages")
              .description("What became of the messages of queues with consumption")
              .tags(tags)
              .tag("w7s.queue", queue)
              .tag("w7s.fate", fate.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    return Collections.unmodifiableMap(counters);
  }
}
