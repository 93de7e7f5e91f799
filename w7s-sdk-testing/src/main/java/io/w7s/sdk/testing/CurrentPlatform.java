package io.w7s.sdk.testing;

import io.w7s.sdk.error.ConfigurationException;
import org.jspecify.annotations.Nullable;

/** The platform that mode memory uses on each thread. */
final class CurrentPlatform {

  private static final ThreadLocal<@Nullable InMemoryW7s> CURRENT = new ThreadLocal<>();

  private CurrentPlatform() {}

  static InMemoryW7s.Scope set(InMemoryW7s platform) {
    InMemoryW7s before = CURRENT.get();
    CURRENT.set(platform);
    return () -> {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    };
  }

  static InMemoryW7s get() {
    InMemoryW7s current = CURRENT.get();
    if (current == null) {
      throw new ConfigurationException(
          "Mode memory: no InMemoryW7s is current on thread "
              + Thread.currentThread().getName()
              + ". Put @W7sTest on the test, or call InMemoryW7s.makeCurrent() on this thread.");
    }
    return current;
  }
}
