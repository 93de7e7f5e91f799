package io.w7s.sdk;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.blob.BlobStore;
import io.w7s.sdk.error.ConfigurationException;
import io.w7s.sdk.event.EventsClient;
import io.w7s.sdk.internal.call.CallPipeline;
import io.w7s.sdk.internal.call.ClientContext;
import io.w7s.sdk.internal.call.DefaultEventsClient;
import io.w7s.sdk.internal.call.DefaultQueueClient;
import io.w7s.sdk.internal.call.DefaultRpcClient;
import io.w7s.sdk.internal.call.DefaultWorkflowClient;
import io.w7s.sdk.internal.call.LargeBodies;
import io.w7s.sdk.internal.call.Pacer;
import io.w7s.sdk.internal.config.TransportDiscovery;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.retry.Pacing;
import io.w7s.sdk.rpc.RpcClient;
import io.w7s.sdk.spi.CallInterceptor;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.spi.TransportProvider;
import io.w7s.sdk.workflow.WorkflowClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The four clients of one app. They share a transport, which the configuration chooses: hosted,
 * local or in memory. Make one for each app and process, share it, and close it at the end.
 * Thread-safe and immutable.
 *
 * <pre>{@code
 * try (W7s w7s = W7s.fromEnvironment()) {
 *   w7s.queues().send(JOBS, job, send -> send.delay(ofSeconds(60)));
 * }
 * }</pre>
 */
public final class W7s implements AutoCloseable {

  private final ClientContext context;
  private final Environment environment;
  private final RpcClient rpc;
  private final QueueClient queues;
  private final EventsClient events;
  private final WorkflowClient workflows;

  private W7s(ClientContext context, Environment environment) {
    this.context = context;
    this.environment = environment;
    this.rpc = new DefaultRpcClient(context);
    this.queues = new DefaultQueueClient(context);
    this.events = new DefaultEventsClient(context);
    this.workflows = new DefaultWorkflowClient(context);
  }

  /**
   * Returns a W7s that is configured by system properties, environment variables and {@code
   * w7s.properties}; see {@link W7sConfig}.
   *
   * @throws ConfigurationException when they do not say which app this is or which platform to talk
   *     to
   */
  public static W7s fromEnvironment() {
    return of(W7sConfig.load());
  }

  /**
   * Returns a W7s with this configuration, and defaults for everything else.
   *
   * @throws ConfigurationException when no transport, or more than one, serves the configured mode
   */
  public static W7s of(W7sConfig config) {
    return builder(config).build();
  }

  /** Returns a builder for a W7s with a codec, a transport or other parts of your own. */
  public static Builder builder(W7sConfig config) {
    return new Builder(config);
  }

  /** Returns the app that calls. */
  public AppId app() {
    return context.app();
  }

  /** Returns the environment that the app runs in; all calls stay in it. */
  public Environment environment() {
    return environment;
  }

  /** Returns the client that calls other apps and waits for their responses. */
  public RpcClient rpc() {
    return rpc;
  }

  /** Returns the client that sends messages to queues. */
  public QueueClient queues() {
    return queues;
  }

  /** Returns the client that publishes events. */
  public EventsClient events() {
    return events;
  }

  /** Returns the client that starts workflows. */
  public WorkflowClient workflows() {
    return workflows;
  }

  /**
   * Ends the calls under way, closes the transport and refuses further calls. Calls that wait for a
   * retry, for their turn or for a workflow end at once. All of these get a {@link
   * io.w7s.sdk.error.TransportException}. The four clients end with their W7s. Closing twice does
   * nothing.
   *
   * <p>An exception of the transport is thrown after everything else has been closed.
   */
  @Override
  public void close() {
    context.pipeline().close();
  }

  /** Returns the app and its environment. */
  @Override
  public String toString() {
    return "W7s[" + app() + ", " + environment + "]";
  }

  /** The parts of a W7s. Not thread-safe. */
  public static final class Builder {

    private final W7sConfig config;
    private final List<CallInterceptor> interceptors = new ArrayList<>();
    private JsonCodec codec = JacksonCodec.create();
    private CallOptions defaults = CallOptions.defaults();
    private @Nullable TimeSource time;
    private @Nullable Transport transport;
    private @Nullable Pacing pacing;
    private boolean roundedNumbersAllowed;
    private @Nullable LargeBodies largeBodies;

    private Builder(W7sConfig config) {
      this.config = requireNonNull(config, "config");
    }

    /** Sets the codec of the bodies. Default {@link JacksonCodec}. */
    public Builder codec(JsonCodec codec) {
      this.codec = requireNonNull(codec, "codec");
      return this;
    }

    /**
     * Allows numbers that the platform changes. They are sent, and arrive changed. The platform
     * reads and writes the bodies of messages, events and workflows as JavaScript does: a whole
     * number beyond ±2^53 (9,007,199,254,740,992) is rounded, a number of more than 17 digits loses
     * digits, and {@code 1e400} becomes null. By default a body with such a number is refused with
     * an {@link io.w7s.sdk.error.InvalidInputException} that names its JSON path; send it as text
     * to keep it. RPC passes the platform unchanged, so it is never refused.
     */
    public Builder allowRoundedNumbers() {
      roundedNumbersAllowed = true;
      return this;
    }

    /**
     * Sends the bodies of messages and the data of events that are larger than 48 KiB (49,152 bytes
     * of JSON) by way of a store; see {@link #blobs(BlobStore, int)}.
     *
     * @throws io.w7s.sdk.error.InvalidInputException when blobs expire too early
     */
    public Builder blobs(BlobStore store) {
      return blobs(store, LargeBodies.DEFAULT_THRESHOLD);
    }

    /**
     * Sends the bodies of messages and the data of events that are larger than a threshold by way
     * of a store, so that they may be larger than the platform's 65,536 bytes: as large as {@link
     * BlobStore#maxBytes()}. The body is stored first; if that fails, nothing is sent, and the call
     * ends with a {@link io.w7s.sdk.error.BlobUploadException}. Then the message is sent, with a
     * reference in place of the body. All consumers need {@code W7sApp.Builder.blobs} with the same
     * store; another one gets the reference as its body.
     *
     * <p>The time for storing is part of the call's timeout, but does not end early because of it.
     * An async call stores on {@link TimeSource#executor()}.
     *
     * <p>By default, and always for workflows, a body of more than 65,536 bytes is refused. A
     * workflow may run for longer than a blob is kept.
     *
     * @param store where bodies are stored; not closed with the W7s
     * @param threshold the size in bytes of JSON above which a body is stored, from 2,048 to 65,536
     * @throws io.w7s.sdk.error.InvalidInputException when the threshold is out of range, or blobs
     *     expire before {@link BlobStore#SHORTEST_EXPIRY}
     */
    public Builder blobs(BlobStore store, int threshold) {
      largeBodies = new LargeBodies(requireNonNull(store, "store"), threshold);
      return this;
    }

    /**
     * Sets the options that every call starts from: {@code options ->
     * options.timeout(ofSeconds(5))}.
     */
    public Builder options(Consumer<CallOptions.Builder> options) {
      var settings = new CallOptions.Builder(defaults);
      requireNonNull(options, "options").accept(settings);
      defaults = settings.callOptions();
      return this;
    }

    /**
     * Adds an interceptor, which sees every call before it is sent and observes it. Interceptors
     * are called in the order in which they were added. Default: none.
     */
    public Builder intercept(CallInterceptor interceptor) {
      interceptors.add(requireNonNull(interceptor, "interceptor"));
      return this;
    }

    /**
     * Sets what happens to calls that exceed the rate limits of the platform. Default {@link
     * Pacing#observing()} in mode hosted, otherwise {@link Pacing#off()}.
     */
    public Builder pacing(Pacing pacing) {
      this.pacing = requireNonNull(pacing, "pacing");
      return this;
    }

    /**
     * Sets the clock, the timer and the source of randomness. Default: in mode memory the virtual
     * clock of the platform in memory, unless a {@link #transport} is set; otherwise {@link
     * TimeSource#system()}.
     */
    public Builder time(TimeSource time) {
      this.time = requireNonNull(time, "time");
      return this;
    }

    /**
     * Sets the transport, which is closed with the W7s. Default: the one on the class path that
     * serves the configured mode.
     */
    public Builder transport(Transport transport) {
      this.transport = requireNonNull(transport, "transport");
      return this;
    }

    /**
     * Returns the W7s.
     *
     * @throws ConfigurationException when no transport, or more than one, serves the configured
     *     mode
     */
    public W7s build() {
      if (transport != null) {
        return build(transport, time == null ? TimeSource.system() : time);
      }
      TransportProvider found = TransportDiscovery.find(config);
      TimeSource chosen = time == null ? found.time() : time;
      return build(found.create(config, chosen), chosen);
    }

    private W7s build(Transport chosen, TimeSource clock) {
      var pacer = new Pacer(pacing(), config.eventRouter().isPresent());
      var pipeline = new CallPipeline(chosen, clock, pacer, interceptors);
      return new W7s(
          new ClientContext(
              config.app(), pipeline, codec, defaults, roundedNumbersAllowed, largeBodies),
          config.environment());
    }

    private Pacing pacing() {
      if (pacing != null) {
        return pacing;
      }
      return config.mode() == W7sConfig.Mode.HOSTED ? Pacing.observing() : Pacing.off();
    }
  }
}
