package io.w7s.sdk.internal.call;

import io.w7s.sdk.spi.CallInterceptor;
import io.w7s.sdk.spi.CallObserver;
import io.w7s.sdk.spi.TimeSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The interceptors of one W7s. Whatever they throw does not change the call. Thread-safe. */
final class Interceptors {

  private static final Logger log = LoggerFactory.getLogger(Interceptors.class);

  private final List<Entry> entries;
  private final TimeSource time;

  Interceptors(List<CallInterceptor> interceptors, TimeSource time) {
    this.entries = interceptors.stream().map(Entry::new).toList();
    this.time = time;
  }

  /** One interceptor, and whether a failure of it has been logged. */
  static final class Entry {

    private final CallInterceptor interceptor;
    private final AtomicBoolean logged = new AtomicBoolean();

    Entry(CallInterceptor interceptor) {
      this.interceptor = interceptor;
    }

    private CallObserver intercept(ClientCall<?, ?> call) {
      try {
        CallObserver observer = interceptor.intercept(call);
        if (observer != null) {
          return observer;
        }
        failed(new NullPointerException("intercept returned null instead of CallObserver.NONE"));
      } catch (Throwable thrown) { // a missing class, too, is not the fault of the call
        failed(thrown);
      }
      return CallObserver.NONE;
    }

    /** Logs what an interceptor or its observer has thrown. */
    void failed(Throwable thrown) {
      String name = interceptor.getClass().getName();
      if (logged.getAndSet(true)) {
        log.debug("call interceptor {} failed again", name, thrown);
      } else {
        log.warn(
            "call interceptor {} failed; calls go on without it (logged once at this level)",
            name,
            thrown);
      }
    }
  }

  /** Asks the interceptors, and returns what tells their observers about the call. */
  CallEvents intercept(ClientCall<?, ?> call) {
    if (entries.isEmpty()) {
      return CallEvents.NONE;
    }
    var observers = new CallObserver[entries.size()];
    boolean observed = false;
    for (int i = 0; i < observers.length; i++) {
      observers[i] = entries.get(i).intercept(call);
      observed |= observers[i] != CallObserver.NONE;
    }
    call.closeToInterceptors();
    return observed ? new CallEvents(entries, observers, time) : CallEvents.NONE;
  }
}
