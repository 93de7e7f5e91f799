package io.w7s.sdk.local;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Caller;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.emulator.Platform;
import io.w7s.sdk.emulator.app.AppInstance;
import io.w7s.sdk.emulator.queue.QueueSettings;
import io.w7s.sdk.emulator.time.RealTime;
import io.w7s.sdk.emulator.time.Timeline;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.config.Setting;
import io.w7s.sdk.local.internal.server.DaemonThreads;
import io.w7s.sdk.local.internal.transport.LocalDeployments;
import io.w7s.sdk.local.internal.transport.LocalHttp;
import io.w7s.sdk.local.internal.transport.LocalRouting;
import io.w7s.sdk.local.internal.transport.LocalUrls;
import io.w7s.sdk.local.internal.transport.MessageStores;
import io.w7s.sdk.local.internal.transport.UrlEndpoint;
import io.w7s.sdk.okhttp.HttpAttempts;
import io.w7s.sdk.okhttp.HttpTransport;
import io.w7s.sdk.rpc.RpcStream;
import io.w7s.sdk.signature.SigningSecrets;
import io.w7s.sdk.spi.CallContext;
import io.w7s.sdk.spi.MessageStore;
import io.w7s.sdk.spi.Operation;
import io.w7s.sdk.spi.Operation.RpcCall;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLoggerFactory;

/**
 * Calls between apps on one machine. An RPC goes straight to the other app's URL. Messages, events,
 * workflows and schedules are kept and delivered by a platform in this JVM; {@link
 * LocalTransportProvider} says how that differs from the real one. Thread-safe.
 *
 * <p>{@link io.w7s.sdk.W7s} makes one by itself. Make one by hand to change how it delivers, or to
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
 * if (!local.lost().isEmpty()) {
 *   System.exit(1);                                  // somebody waits for these messages
 * }
 * }</pre>
 */
public final class LocalTransport implements Transport {

  /**
   * How queues deliver by default: as the platform's do, in batches of up to 10 and with 3 retries
   * 10 s apart, but without waiting for a batch to fill.
   */
  public static final QueueSettings QUEUES = QueueSettings.PLATFORM.withBatchWait(Duration.ZERO);

  /** How long {@link #close()} waits for deliveries that are due: 10 seconds. */
  public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(10);

  /** More than delivery threads need to end once their calls are cut off. */
  private static final long THREADS_END_MILLIS = 1_000;

  /** The longest wait that every clock can count. */
  private static final Duration MAX_DRAIN_TIMEOUT = Duration.ofDays(100 * 365);

  private static final Logger log = LoggerFactory.getLogger(LocalTransport.class);

  private final AppId app;
  private final Platform platform;
  private final Transport toPlatform;
  private final Transport calls;
  private final HttpAttempts deliveries;
  private final @Nullable OwnTime ownTime;
  private final MessageStore ownStore;
  private final Duration drainTimeout;
  private final AtomicReference<LostWork> lost = new AtomicReference<>();

  private LocalTransport(
      Builder builder, Timeline timeline, @Nullable OwnTime ownTime, MessageStore store) {
    this.ownTime = ownTime;
    this.ownStore = store;
    W7sConfig config = builder.config;
    app = config.app();
    drainTimeout = builder.drainTimeout;
    Platform.Builder settings = Platform.builder(timeline).queueDefaults(QUEUES).store(store);
    builder.settings.accept(settings);
    platform = settings.build();
    toPlatform = platform.transportFor(new AppInstance(app, config.environment()));
    SigningSecrets secrets = config.bridgeSecrets().orElse(null);
    deliveries = LocalHttp.open(secrets, builder.time, timeline);
    var urls = new LocalUrls(config);
    var sender = new Caller(app, config.environment());
    var apps =
        new LocalDeployments(
            config, platform, target -> new UrlEndpoint(target, urls, deliveries, sender));
    calls =
        new HttpTransport(
            new LocalRouting(config, builder.time, urls, apps, toPlatform),
            LocalHttp.open(secrets, builder.time, builder.time));
    apps.restore(platform.store());
  }

  /** The machine's clock, and the threads on which its deliveries run. */
  private record OwnTime(RealTime clock, ExecutorService threads) {

    static OwnTime start() {
      ExecutorService threads =
          Executors.newCachedThreadPool(new DaemonThreads("w7s-local-delivery-"));
      return new OwnTime(RealTime.start("w7s-local-clock", threads), threads);
    }

    void drain(Duration timeout) {
      try {
        clock.drain(timeout);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    /** Waits for the log lines of deliveries that were cut off. */
    void end() {
      clock.close();
      threads.shutdown();
      try {
        threads.awaitTermination(THREADS_END_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      } finally {
        threads.shutdownNow();
      }
    }
  }

  /** Begins a transport with other settings than the defaults. */
  public static Builder builder(W7sConfig config) {
    return new Builder(config);
  }

  /**
   * Returns the platform in this JVM: which messages wait on its queues, which were dropped ({@code
   * platform().queues().deadLetters()}), how its workflows are doing. It knows what this process
   * sent and started, and nothing of other processes.
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
   * instances that are due, for as long as the drain timeout allows. What is left then, or is due
   * later, is lost, except for messages that a store keeps: {@link #lost} returns it, and a warning
   * names it, in the log or, if no logging is bound to SLF4J, on standard error. An interrupt of
   * the calling thread ends the wait at once, and the interrupt flag stays set. A handler that a
   * delivery waits for must not call this. When this returns, connections and threads are released,
   * also if it is called twice or by several threads.
   */
  @Override
  public void close() {
    try {
      calls.close();
      toPlatform.close();
      if (ownTime != null && lost.get() == null) {
        ownTime.drain(drainTimeout);
      }
    } finally {
      try {
        reportLost();
      } finally {
        deliveries.close();
        if (ownTime != null) {
          ownTime.end();
        }
        ownStore.close(); // last, because deliveries that were cut off are recorded
      }
    }
  }

  private void reportLost() {
    LostWork left = LostWork.of(platform);
    if (lost.compareAndSet(null, left) && !left.isEmpty()) {
      String text =
          app
              + " was closed and lost "
              + left
              + ". It was kept in this JVM only: start the consumers first, close later, set a"
              + " longer drainTimeout, or keep messages in the file of "
              + Setting.LOCAL_STORE
              + ".";
      log.warn(text);
      if (LoggerFactory.getILoggerFactory() instanceof NOPLoggerFactory) {
        System.err.println("w7s: " + text);
      }
    }
  }

  /** Returns what {@link #close()} could not deliver; empty before it was called. */
  public LostWork lost() {
    LostWork known = lost.get();
    return known == null ? LostWork.NONE : known;
  }

  /** Settings of a transport. Not thread-safe. */
  public static final class Builder {

    private final W7sConfig config;
    private Consumer<Platform.Builder> settings = platform -> {};
    private TimeSource time = TimeSource.system();
    private Duration drainTimeout = DEFAULT_DRAIN_TIMEOUT;

    private Builder(W7sConfig config) {
      this.config = requireNonNull(config, "config");
    }

    /**
     * Changes the platform in this JVM: how queues deliver and workflows are retried, which limits
     * hold, how many dead letters are kept. Default: {@link #QUEUES}, otherwise as the real
     * platform, without limits per day or minute. A store that is set here is used instead of the
     * one of {@link W7sConfig#localStore()}, and stays the caller's to close.
     */
    public Builder platform(Consumer<Platform.Builder> settings) {
      this.settings = this.settings.andThen(requireNonNull(settings, "settings"));
      return this;
    }

    /**
     * Sets the clock. Default the machine's. A {@link Timeline}, such as virtual time, also decides
     * when and on which thread deliveries run. It stays the caller's to move and to close, and
     * {@link LocalTransport#close()} does not wait for deliveries that are due on it.
     */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /**
     * Sets how long {@link LocalTransport#close()} waits for deliveries that are due. Default 10 s.
     * A time of more than 100 years counts as 100 years.
     *
     * @throws InvalidInputException when it is negative
     */
    public Builder drainTimeout(Duration drainTimeout) {
      if (requireNonNull(drainTimeout, "drainTimeout").isNegative()) {
        throw new InvalidInputException("drainTimeout", drainTimeout.toString(), "zero or more");
      }
      this.drainTimeout =
          drainTimeout.compareTo(MAX_DRAIN_TIMEOUT) < 0 ? drainTimeout : MAX_DRAIN_TIMEOUT;
      return this;
    }

    /**
     * Returns the transport. It connects when there is something to send. Messages that a store has
     * kept are delivered from now on.
     *
     * @throws io.w7s.sdk.error.ConfigurationException when the file of {@link
     *     W7sConfig#localStore()} cannot be used, or another process uses it
     */
    public LocalTransport build() {
      MessageStore store = MessageStores.open(config);
      OwnTime ownTime = null;
      try {
        if (time instanceof Timeline given) {
          return new LocalTransport(this, given, null, store);
        }
        ownTime = OwnTime.start();
        return new LocalTransport(this, ownTime.clock(), ownTime, store);
      } catch (RuntimeException | Error failed) {
        if (ownTime != null) {
          ownTime.end();
        }
        store.close();
        throw failed;
      }
    }
  }
}
