package io.w7s.sdk.internal.call;

import io.w7s.sdk.spi.CallListener;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners what happens; what they throw is logged and forgotten. */
final class Observers {

  private static final Logger log = LoggerFactory.getLogger(Observers.class);

  private final CallListener[] listeners;

  Observers(List<CallListener> listeners) {
    this.listeners = listeners.toArray(CallListener[]::new);
  }

  void tell(Consumer<CallListener> event) {
    for (CallListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException thrown) {
        log.warn("call listener {} threw", listener.getClass().getName(), thrown);
      }
    }
  }
}
