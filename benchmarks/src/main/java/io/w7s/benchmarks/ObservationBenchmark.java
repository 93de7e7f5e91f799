package io.w7s.benchmarks;

import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.micrometer.W7sObservations;
import io.w7s.sdk.queue.QueueRef;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A message from its sender to its handler in memory, with and without observations. What they cost
 * is the difference between two rows of one run.
 */
@Fork(jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"})
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ObservationBenchmark {

  private static final int BATCH = 10;

  private static final QueueRef<Order> JOBS = AppRef.of("acme/worker").queue("jobs", Order.class);

  /**
   * Without interceptors; with a registry without handlers; with one that does nothing with what is
   * observed, so that the rest is ours and Micrometer's; with the timers of Micrometer.
   */
  @Param({"off", "noHandlers", "observed", "metered"})
  public String mode;

  private final Order order = Order.sample();
  private VirtualTime time;
  private W7s shop;
  private long handled;

  /** Takes all and does nothing. */
  private static final class Ignoring implements ObservationHandler<Observation.Context> {
    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }
  }

  private ObservationRegistry registry() {
    ObservationRegistry registry = ObservationRegistry.create();
    switch (mode) {
      case "observed" -> registry.observationConfig().observationHandler(new Ignoring());
      case "metered" ->
          registry
              .observationConfig()
              .observationHandler(new DefaultMeterObservationHandler(new SimpleMeterRegistry()));
      default -> {}
    }
    return registry;
  }

  /** Deploys a worker, and makes the client of the app that sends to it. */
  @Setup
  public void deploy() {
    W7sObservations observations = W7sObservations.of(registry());
    boolean on = !mode.equals("off");
    time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 42);
    Platform platform = Platform.builder(time).build();
    W7sApp.Builder worker =
        W7sApp.builder(AppRef.of("acme/worker"))
            .on(JOBS, message -> handled += message.body().amount());
    platform.deploy(Deployment.of((on ? worker.intercept(observations) : worker).build()));
    AppId id = AppId.parse("acme/shop");
    platform.deploy(Deployment.withoutBackend(id, Manifest.empty()));
    W7s.Builder client =
        W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.MEMORY).app(id).build())
            .time(time)
            .transport(platform.transportFor(AppInstance.of(id)));
    shop = (on ? client.intercept(observations) : client).build();
  }

  /** One message to one handler: two observations. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long message() {
    for (int i = 0; i < BATCH; i++) {
      shop.queues().send(JOBS, order);
    }
    time.advance(Duration.ZERO);
    return handled;
  }
}
