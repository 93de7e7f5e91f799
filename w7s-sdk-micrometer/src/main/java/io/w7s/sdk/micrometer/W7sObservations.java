package io.w7s.sdk.micrometer;

import static java.util.Objects.requireNonNull;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.ObservationRegistry;
import io.w7s.sdk.app.HandlerInterceptor;
import io.w7s.sdk.app.HandlerInvocation;
import io.w7s.sdk.spi.CallInterceptor;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.spi.OutgoingCall;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes an {@link Observation} of each call ({@code w7s.send}) and of each call of a handler
 * ({@code w7s.process}): metrics and traces, whichever the handlers of the registry make of it.
 *
 * <pre>{@code
 * W7sObservations observations = W7sObservations.of(registry);
 *
 * W7s w7s = W7s.builder(config).intercept(observations).build();
 * W7sApp app = W7sApp.builder(SHOP).intercept(observations).on(JOBS, this::run).build();
 * }</pre>
 *
 * <p>With a tracer behind the registry, the trace goes along with RPC, events and messages that are
 * sent as CloudEvents, and their handlers go on with it. A plain message and the start of a
 * workflow cannot carry a trace. One that the caller has set goes out as it is.
 *
 * <p>While a handler runs, its observation is the current one, so what the handler observes and
 * calls is below it. The observation of a call is never the current one.
 *
 * <p>Nothing changes for the handler, the message or the caller, also when a handler of the
 * registry throws: that is logged, once at level WARN. Without handlers in the registry nothing is
 * observed. Thread-safe.
 */
public final class W7sObservations implements CallInterceptor, HandlerInterceptor {

  private static final Logger log = LoggerFactory.getLogger(W7sObservations.class);

  private final ObservationRegistry registry;
  private final @Nullable ObservationConvention<SendContext> sends;
  private final @Nullable ObservationConvention<ProcessContext> processes;
  private final AtomicBoolean logged = new AtomicBoolean();

  private W7sObservations(Builder builder) {
    registry = builder.registry;
    sends = builder.sends;
    processes = builder.processes;
  }

  /** Returns observations with the default conventions, or those that the registry has. */
  public static W7sObservations of(ObservationRegistry registry) {
    return builder(registry).build();
  }

  /** Begins observations that are made in a registry. */
  public static Builder builder(ObservationRegistry registry) {
    return new Builder(registry);
  }

  /** Sets up observations. Not thread-safe. */
  public static final class Builder {

    private final ObservationRegistry registry;
    private @Nullable ObservationConvention<SendContext> sends;
    private @Nullable ObservationConvention<ProcessContext> processes;

    private Builder(ObservationRegistry registry) {
      this.registry = requireNonNull(registry, "registry");
    }

    /**
     * Names the observations of calls and their keys. Default: a {@link
     * io.micrometer.observation.GlobalObservationConvention} of the registry for {@link
     * SendContext}, or {@link DefaultSendConvention}.
     */
    public Builder sendConvention(ObservationConvention<SendContext> convention) {
      sends = requireNonNull(convention, "convention");
      return this;
    }

    /**
     * Names the observations of handlers and their keys. Default: a {@link
     * io.micrometer.observation.GlobalObservationConvention} of the registry for {@link
     * ProcessContext}, or {@link DefaultProcessConvention}.
     */
    public Builder processConvention(ObservationConvention<ProcessContext> convention) {
      processes = requireNonNull(convention, "convention");
      return this;
    }

    /** Returns the observations. */
    public W7sObservations build() {
      return new W7sObservations(this);
    }
  }

  /** Begins the observation of a call. */
  @Override
  public CallObserver intercept(OutgoingCall call) {
    if (registry.isNoop()) {
      return CallObserver.NONE;
    }
    var context = new SendContext(call);
    Observation observation = started(sends, DefaultSendConvention.INSTANCE, context);
    return observation.isNoop() ? CallObserver.NONE : new SendObserver(observation, context);
  }

  /** Calls the handler inside an observation. */
  @Override
  public void intercept(HandlerInvocation handler) throws Exception {
    if (registry.isNoop()) {
      handler.proceed();
      return;
    }
    var context = new ProcessContext(handler);
    Observation observation = started(processes, DefaultProcessConvention.INSTANCE, context);
    if (observation.isNoop()) {
      handler.proceed();
      return;
    }
    Observation.Scope before = registry.getCurrentObservationScope();
    Observation.Scope scope = opened(observation, before);
    try {
      handler.proceed();
      context.returned();
    } catch (Throwable thrown) {
      context.threw(thrown);
      throw thrown;
    } finally {
      close(scope, before);
      stop(observation, context);
    }
  }

  private <C extends Observation.Context> Observation started(
      @Nullable ObservationConvention<C> convention, ObservationConvention<C> usual, C context) {
    Observation observation = Observation.NOOP;
    try {
      observation = Observation.createNotStarted(convention, usual, () -> context, registry);
      observation.start();
    } catch (Throwable thrown) {
      failed(thrown); // the handlers before it have begun, so it ends like any other
    }
    return observation;
  }

  private Observation.Scope opened(Observation observation, Observation.@Nullable Scope before) {
    try {
      return observation.openScope();
    } catch (Throwable thrown) {
      failed(thrown);
      Observation.Scope opened = registry.getCurrentObservationScope();
      return opened == null || opened == before ? Observation.Scope.NOOP : opened;
    }
  }

  private void close(Observation.Scope scope, Observation.@Nullable Scope before) {
    try {
      scope.close();
    } catch (Throwable thrown) {
      failed(thrown);
      registry.setCurrentObservationScope(before);
    }
  }

  private void stop(Observation observation, ProcessContext context) {
    try {
      Throwable error = context.failure();
      if (error != null) {
        observation.error(error);
      }
    } catch (Throwable thrown) {
      failed(thrown);
    }
    try {
      observation.stop(); // what has begun has to end
    } catch (Throwable thrown) {
      failed(thrown);
    }
  }

  /** A missing class, too, is not the fault of the message. */
  private void failed(Throwable thrown) {
    if (logged.getAndSet(true)) {
      log.debug("a handler of the observation registry failed again", thrown);
    } else {
      log.warn(
          "a handler of the observation registry failed; calls and messages go on all the same"
              + " (logged once at this level)",
          thrown);
    }
  }
}
