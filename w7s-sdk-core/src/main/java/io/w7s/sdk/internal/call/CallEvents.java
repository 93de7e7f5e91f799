package io.w7s.sdk.internal.call;

import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.spi.Outcome;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Calls the observers of one call, at its end exactly once. */
final class CallEvents {

  /** Has no observers, and allocates nothing. */
  static final CallEvents NONE = new CallEvents(List.of(), new CallObserver[0], null);

  private final List<Interceptors.Entry> interceptors;
  private final CallObserver[] observers;
  private final @Nullable TimeSource time;
  private final long start;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile int attempts;

  /**
   * Begins a call.
   *
   * @param observers the observers of the call, each at the place of its interceptor
   */
  CallEvents(
      List<Interceptors.Entry> interceptors, CallObserver[] observers, @Nullable TimeSource time) {
    this.interceptors = interceptors;
    this.observers = observers;
    this.time = time;
    this.start = now();
  }

  private long now() {
    return time == null ? 0 : Saturating.nanos(time.elapsed());
  }

  private Duration took() {
    return Duration.ofNanos(Saturating.minus(now(), start));
  }

  void throttled(Duration excess) {
    if (isObserved()) {
      tell(observer -> observer.throttled(excess));
    }
  }

  void attempting(int attempt) {
    if (isObserved()) {
      attempts = attempt;
      tell(observer -> observer.attempting(attempt));
    }
  }

  void attempted(int attempt, Outcome<?> outcome) {
    if (isObserved()) {
      tell(observer -> observer.attempted(attempt, outcome));
    }
  }

  void retrying(int attempt, Duration delay) {
    if (isObserved()) {
      tell(observer -> observer.retrying(attempt, delay));
    }
  }

  void succeeded() {
    if (isObserved() && !ended.getAndSet(true)) {
      Duration took = took();
      tellEnd(observer -> observer.succeeded(attempts, took));
    }
  }

  void failed(Throwable failure) {
    if (isObserved() && !ended.getAndSet(true)) {
      Duration took = took();
      tellEnd(observer -> observer.failed(failure, attempts, took));
    }
  }

  /**
   * Reports the end of a call whose future is complete, unless it has been reported. If it has not,
   * the caller has completed the future.
   */
  void abandoned(@Nullable Throwable failure) {
    if (isObserved() && !ended.get()) {
      failed(
          failure != null
              ? failure
              : new CancellationException("the caller completed the future of the call"));
    }
  }

  private boolean isObserved() {
    return observers.length > 0;
  }

  private void tell(Consumer<CallObserver> event) {
    if (!ended.get()) {
      tellEnd(event);
    }
  }

  private void tellEnd(Consumer<CallObserver> event) {
    for (int i = 0; i < observers.length; i++) {
      try {
        event.accept(observers[i]);
      } catch (Throwable thrown) { // a missing class, too, is not the fault of the call
        interceptors.get(i).failed(thrown);
      }
    }
  }
}
