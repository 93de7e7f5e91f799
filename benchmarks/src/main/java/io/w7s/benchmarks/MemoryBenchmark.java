package io.w7s.benchmarks;

import io.w7s.sdk.AppId;
import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.testing.InMemoryW7s;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The platform in memory, on one thread, compared with the codec alone. The heap does not grow
 * while it is measured.
 */
@Fork(jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"})
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class MemoryBenchmark {

  private static final int BATCH = 10;

  /** An entry for each publish, send, delivery and acknowledgement: 3,000 deliveries. */
  private static final int JOURNAL = 10_000;

  private static final QueueRef<Order> JOBS = AppRef.of("acme/worker").queue("jobs", Order.class);
  private static final QueueRef<Order> ONCE = AppRef.of("acme/worker").queue("once", Order.class);
  private static final RpcRef<Order, Order> ECHO =
      AppRef.of("acme/worker").post("/echo", Order.class, Order.class);
  private static final SubjectRef<Order> TO_4 = SubjectRef.of("to.4", Order.class);
  private static final SubjectRef<Order> TO_100 = SubjectRef.of("to.100", Order.class);

  private static final Manifest PUBLISHES =
      Manifest.empty().withPublished("to.4").withPublished("to.100");

  private final Order order = Order.sample();
  private final JsonCodec codec = JacksonCodec.create();
  private VirtualTime time;
  private W7s shop;
  private InMemoryW7s testing;
  private W7s testedShop;
  private long handled;

  /** Deploys a worker, 4 and 100 subscribers, and the app that calls them. */
  @Setup
  public void deploy() {
    time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 42);
    Platform platform = Platform.builder(time).build();
    platform.deploy(
        Deployment.of(
            W7sApp.builder(AppRef.of("acme/worker"))
                .on(JOBS, message -> handled += message.body().amount())
                .on(ONCE, message -> handled += message.body().amount())
                .consumption(ONCE, each -> each.once(ProcessedMessages.inMemory()))
                .on(ECHO, request -> request.body())
                .build()));
    for (int i = 0; i < 100; i++) {
      platform.deploy(Deployment.of(subscriber(i)));
    }
    AppId id = AppId.parse("acme/shop");
    platform.deploy(Deployment.withoutBackend(id, PUBLISHES));
    shop =
        W7s.builder(W7sConfig.builder().mode(W7sConfig.Mode.MEMORY).app(id).build())
            .time(time)
            .transport(platform.transportFor(AppInstance.of(id)))
            .build();
  }

  private W7sApp subscriber(int number) {
    var app =
        W7sApp.builder(AppRef.of("acme/subscriber-" + number))
            .on(TO_100, "all", event -> handled += event.data().amount());
    if (number < 4) {
      app.on(TO_4, "few", event -> handled += event.data().amount());
    }
    return app.build();
  }

  /**
   * Deploys 4 subscribers to the testing kit, with a journal no longer than that of a large test.
   */
  @Setup
  public void deployForTests() {
    testing = InMemoryW7s.builder().journalLimit(JOURNAL).build();
    for (int i = 0; i < 4; i++) {
      testing.deploy(subscriber(i));
    }
    testing.platform().deploy(Deployment.withoutBackend(AppId.parse("acme/shop"), PUBLISHES));
    testedShop = testing.as("acme/shop");
  }

  /** The floor: what no queue can do without. */
  @Benchmark
  public void codecAlone(Blackhole hole) {
    hole.consume(codec.decode(codec.encode(order, Order.TYPE), Order.TYPE));
  }

  /** One message to one handler. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long queueOneToOne() {
    for (int i = 0; i < BATCH; i++) {
      shop.queues().send(JOBS, order);
    }
    time.advance(Duration.ZERO);
    return handled;
  }

  /** One message to one handler, which handles each message once. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long queueOneToOneOnce() {
    for (int i = 0; i < BATCH; i++) {
      shop.queues().send(ONCE, order);
    }
    time.advance(Duration.ZERO);
    return handled;
  }

  /** One event to four handlers; an operation is one delivery. */
  @Benchmark
  @OperationsPerInvocation(4 * BATCH)
  public long fanoutToFour() {
    return publish(TO_4);
  }

  /** One event to four handlers through the testing kit; an operation is one delivery. */
  @Benchmark
  @OperationsPerInvocation(4 * BATCH)
  public long fanoutToFourInTests() {
    for (int i = 0; i < BATCH; i++) {
      testedShop.events().publish(TO_4, order);
    }
    testing.advance(Duration.ZERO);
    return handled;
  }

  /** One event to a hundred handlers; an operation is one delivery. */
  @Benchmark
  @OperationsPerInvocation(100 * BATCH)
  public long fanoutToHundred() {
    return publish(TO_100);
  }

  private long publish(SubjectRef<Order> subject) {
    for (int i = 0; i < BATCH; i++) {
      shop.events().publish(subject, order);
    }
    time.advance(Duration.ZERO);
    return handled;
  }

  /** A call and its answer, two encodes and two decodes. */
  @Benchmark
  public Order rpcInline() {
    return shop.rpc().call(ECHO, order);
  }
}
