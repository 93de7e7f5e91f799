package io.w7s.sdk.spring.cost;

import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.autoconfigure.W7sActuatorAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sConsumerAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sStoreAutoConfiguration;
import io.w7s.sdk.testing.InMemoryW7s;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Measures what the starter adds to the start of a context. A main, because the build must not
 * depend on how busy the machine is.
 */
public final class StartCost {

  private static final int RUNS = 20;
  private static final int WARM_UP = 5;

  private StartCost() {}

  static class Handlers {
    @QueueHandler("orders")
    void place(String order) {}
  }

  /** Returns a context with what an application has anyway, and none of the SDK. */
  static ApplicationContextRunner bare() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                JacksonAutoConfiguration.class,
                DataSourceAutoConfiguration.class,
                EndpointAutoConfiguration.class))
        .withPropertyValues(
            "w7s.app=acme/shop",
            "w7s.mode=memory",
            "management.endpoints.web.exposure.include=w7s",
            "spring.datasource.generate-unique-name=true");
  }

  /** Returns the same with all of the starter, and a handler. */
  static ApplicationContextRunner withStarter() {
    return bare()
        .withConfiguration(
            AutoConfigurations.of(
                W7sAutoConfiguration.class,
                W7sStoreAutoConfiguration.class,
                W7sConsumerAutoConfiguration.class,
                W7sActuatorAutoConfiguration.class))
        .withBean(Handlers.class);
  }

  /** How long a start took, and how much of it this thread worked. */
  private record Cost(long nanos, long cpuNanos) {

    static Cost of(ApplicationContextRunner runner) {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long begun = System.nanoTime();
      long cpuBegun = threads.getCurrentThreadCpuTime();
      runner.run(
          context -> {
            if (context.getStartupFailure() != null) {
              throw new IllegalStateException(context.getStartupFailure());
            }
          });
      return new Cost(System.nanoTime() - begun, threads.getCurrentThreadCpuTime() - cpuBegun);
    }
  }

  /** Prints the medians of 20 starts of each, in turn, after five that are not counted. */
  public static void main(String[] arguments) {
    LoggingSystem.get(StartCost.class.getClassLoader())
        .setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.WARN);
    List<Cost> bare = new ArrayList<>();
    List<Cost> started = new ArrayList<>();
    try (InMemoryW7s.Scope current = InMemoryW7s.create().makeCurrent()) {
      for (int i = 0; i < WARM_UP + RUNS; i++) {
        bare.add(Cost.of(bare()));
        started.add(Cost.of(withStarter()));
      }
    }
    System.out.printf(
        "medians of %d starts, in ms: bare %.1f, with the starter %.1f, difference %.1f%n",
        RUNS,
        median(bare, Cost::nanos),
        median(started, Cost::nanos),
        median(started, Cost::nanos) - median(bare, Cost::nanos));
    System.out.printf(
        "of the CPU: bare %.1f, with the starter %.1f, difference %.1f%n",
        median(bare, Cost::cpuNanos),
        median(started, Cost::cpuNanos),
        median(started, Cost::cpuNanos) - median(bare, Cost::cpuNanos));
  }

  private static double median(List<Cost> costs, ToLongFunction<Cost> part) {
    long[] sorted = costs.stream().skip(WARM_UP).mapToLong(part).sorted().toArray();
    return (sorted[RUNS / 2 - 1] + sorted[RUNS / 2]) / 2e6;
  }
}
