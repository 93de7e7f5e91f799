package io.w7s.sdk.local;

import io.w7s.sdk.Caller;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.Deployment;
import io.w7s.sdk.emulator.queue.QueueCounts;
import io.w7s.sdk.emulator.queue.QueueId;
import io.w7s.sdk.emulator.queue.QueueSettings;
import io.w7s.sdk.emulator.time.RealTime;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.local.internal.server.DaemonThreads;
import io.w7s.sdk.local.internal.transport.LocalDeployments;
import io.w7s.sdk.local.internal.transport.LocalHttp;
import io.w7s.sdk.local.internal.transport.LocalRouting;
import io.w7s.sdk.local.internal.transport.LocalUrls;
import io.w7s.sdk.local.internal.transport.UrlEndpoint;
import io.w7s.sdk.manifest.Manifest;
import io.w7s.sdk.okhttp.HttpAttempts;
import io.w7s.sdk.okhttp.HttpTransport;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.workflow.WorkflowInstance;
import io.w7s.sdk.workflow.WorkflowStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls between apps on one machine. An RPC goes straight to the other app's URL; messages,
 * workflows and schedules are kept and delivered by a platform of one's own in this JVM, see {@link
 * LocalTransportProvider} for what that means. Thread-safe.
 *
 * <p>{@link io.w7s.sdk.W7s} makes one by itself. Making it by hand gives another behaviour, or a
 * look at the platform:
 *
 * <pre>{@code
 * LocalTransport local = LocalTransport.builder(config)
 *     .platform(settings -> settings.queueDefaults(LocalTransport.QUEUES.withMaxRetries(10)))
 *     .build();
 * try (W7s w7s = W7s.builder(config).transport(local).build()) {
 *   ...
 *   local.platform().queues().deadLetters().forEach(System.out::println);
 * }
 * }</pre>
 */
public final class LocalTransport implements Transport {

  /**
   * How queues deliver where nothing else is said: as the platform does, in batches of up to 10 and
   * with 3 retries 10 s apart, but without waiting for a batch to fill.
   */
  public static final QueueSettings QUEUES = QueueSettings.PLATFORM.withBatchWait(Duration.ZERO);

  /** How long {@link #close()} waits for what is due: 10 seconds. */
  public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(10);

  /** More than it takes: nothing that a delivery waits for is there any more. */
  private static final Duration LONGEST_END = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(LocalTransport.class);

  private final Platform platform;
  private final Transport toPlatform;
  private final Transport calls;
  private final HttpAttempts deliveries;
  private final @Nullable OwnTime ownTime;
  private final Duration drainTimeout;
  private final AtomicBoolean closed = new AtomicBoolean();

  private LocalTransport(Builder parts) {
    W7sConfig config = parts.config;
    Timeline timeline;
    if (parts.time instanceof Timeline given) {
      ownTime = null;
      timeline = given;
    } else {
      ownTime = OwnTime.start();
      timeline = ownTime.clock();
    }
    drainTimeout = parts.drainTimeout;
    deliveries = LocalHttp.open(timeline);
    platform = parts.settings.apply(Platform.builder(timeline).queueDefaults(QUEUES)).build();
    toPlatform = platform.transportFor(config.app(), config.environment());
    var urls = new LocalUrls(config);
    var sender = new Caller(config.app(), config.environment());
    var apps =
        new LocalDeployments(
            config, platform, app -> new UrlEndpoint(app, urls, deliveries, sender));
    calls =
        new HttpTransport(
            new LocalRouting(config, parts.time, urls, apps, toPlatform),
            LocalHttp.open(parts.time));
  }

  /** Time that passes by itself, and threads for what is due. */
  private record OwnTime(RealTime clock, ExecutorService threads) {

    static OwnTime start() {
      ExecutorService threads =
          Executors.newCachedThreadPool(new DaemonThreads("w7s-local-delivery-"));
      return new OwnTime(RealTime.start("w7s-local-clock", threads), threads);
    }
  }

  /** Begins a transport with settings of its own. */
  public static Builder builder(W7sConfig config) {
    return new Builder(config);
  }

  /**
   * Returns the platform in this JVM: what waits on its queues, what was dropped ({@code
   * platform().queues().deadLetters()}), how its workflows are doing. It knows what this app sent
   * and started, and nothing of what others did.
   */
  public Platform platform() {
    return platform;
  }

  @Override
  public <R> Outcome<R> execute(Operation<R> operation, CallContext context) {
    return calls.execute(operation, context);
  }

  @Override
  public Outcome<RpcStream> stream(RpcCall call, CallContext context) {
    return calls.stream(call, context);
  }

  @Override
  public <R> CompletableFuture<Outcome<R>> executeAsync(
      Operation<R> operation, CallContext context) {
    return calls.executeAsync(operation, context);
  }

  /**
   * Ends the calls under way, refuses further ones, and delivers the messages and workflow
   * instances that are due, for as long as the drain timeout allows. What is left then, or waits
   * for a later time, is lost; it is logged by queue and count. An interrupt ends the wait at once,
   * and the flag stays set. Not to be called by a handler that a delivery waits for. Closing twice
   * does nothing.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    calls.close();
    toPlatform.close();
    if (ownTime != null) {
      drain(ownTime.clock());
    }
    logWhatIsLeft();
    deliveries.close();
    if (ownTime != null) {
      end(ownTime.threads());
    }
  }

  private void drain(RealTime clock) {
    try {
      clock.drain(drainTimeout);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Those whose deliveries were cut off have a line for the log; it comes before this returns. */
  private static void end(ExecutorService threads) {
    threads.shutdown();
    try {
      threads.awaitTermination(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void logWhatIsLeft() {
    for (QueueId queue : platform.queues().all()) {
      QueueCounts counts = platform.queues().counts(queue);
      if (counts.depth() > 0) {
        log.warn(
            "closed with {} messages on queue {}: {} ready, {} delayed, {} with the consumer",
            counts.depth(),
            queue,
            counts.ready(),
            counts.delayed(),
            counts.inFlight());
      }
    }
    for (Deployment target : platform.deployments()) {
      for (Manifest.Workflow workflow : target.manifest().workflows()) {
        logActive(target, workflow.name());
      }
    }
  }

  private void logActive(Deployment target, String workflow) {
    List<WorkflowInstance> all =
        platform.workflows().of(target.app(), target.environment(), workflow);
    for (WorkflowInstance instance : all) {
      State state = instance.status().state();
      if (!state.ended()) {
        log.warn(
            "closed with instance {} of {} of {} {}",
            instance.id(),
            workflow,
            target,
            state.word());
      }
    }
  }

  /** Settings of a transport. Not thread-safe. */
  public static final class Builder {

    private final W7sConfig config;
    private UnaryOperator<Platform.Builder> settings = UnaryOperator.identity();
    private TimeSource time = TimeSource.system();
    private Duration drainTimeout = DEFAULT_DRAIN_TIMEOUT;

    private Builder(W7sConfig config) {
      this.config = config;
    }

    /**
     * Changes the platform in this JVM: how queues deliver and workflows are retried, what limits
     * there are, how many dead letters are kept. Default: {@link #QUEUES}, and else the platform's
     * own ways without limits a day or a minute.
     */
    public Builder platform(UnaryOperator<Platform.Builder> settings) {
      this.settings = settings;
      return this;
    }

    /**
     * Sets the clock. Default the machine's. A {@link Timeline}, such as virtual time, also decides
     * when and where deliveries run; it stays the caller's to drive and to close, and {@link
     * LocalTransport#close()} does not wait for what is due on it.
     */
    public Builder time(TimeSource time) {
      this.time = time;
      return this;
    }

    /**
     * Sets how long {@link LocalTransport#close()} waits for what is due. Default 10 s.
     *
     * @throws InvalidInputException when it is negative
     */
    public Builder drainTimeout(Duration drainTimeout) {
      if (drainTimeout.isNegative()) {
        throw new InvalidInputException("drainTimeout", drainTimeout.toString(), "zero or more");
      }
      this.drainTimeout = drainTimeout;
      return this;
    }

    /** Returns the transport, which opens no connection before there is something to send. */
    public LocalTransport build() {
      return new LocalTransport(this);
    }
  }
}
