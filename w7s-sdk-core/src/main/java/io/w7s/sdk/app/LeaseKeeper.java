package io.w7s.sdk.app;

import io.w7s.sdk.consumption.Consumption;
import io.w7s.sdk.internal.text.ThrowableText;
import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.spi.TimeSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the claims of the handlers that are running, three times within each lease. So the lease
 * can be short, and a handler may take as long as it likes. A renewal that has to wait, as one of a
 * message that its handler has marked in an open transaction does, delays no other. It always uses
 * the real clock, as handlers do, and no timer runs while nothing is claimed for longer than a
 * third of a lease.
 */
final class LeaseKeeper {

  private static final Logger log = LoggerFactory.getLogger(W7sApp.class);
  private static final int RENEWALS_PER_LEASE = 3;

  private final Consumption settings;
  private final Set<Claim> held = ConcurrentHashMap.newKeySet();
  private final Set<Claim> renewing = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean ticking = new AtomicBoolean();

  LeaseKeeper(Consumption settings) {
    this.settings = settings;
  }

  void hold(Claim claim) {
    held.add(claim);
    tickLater();
  }

  void letGo(Claim claim) {
    held.remove(claim);
  }

  private void tickLater() {
    if (!ticking.get() && ticking.compareAndSet(false, true)) {
      TimeSource time = TimeSource.system();
      time.after(settings.lease().dividedBy(RENEWALS_PER_LEASE))
          .thenRunAsync(this::tick, time.executor());
    }
  }

  private void tick() {
    ticking.set(false);
    for (Claim claim : held) {
      if (renewing.add(claim)) {
        TimeSource.system().executor().execute(() -> renew(claim));
      }
    }
    if (!held.isEmpty()) {
      tickLater();
    }
  }

  private void renew(Claim claim) {
    try {
      if (!settings.processed().renew(claim, settings.lease()) && held.remove(claim)) {
        log.warn(
            "{} cannot be renewed, and its handler is still running: the handler has marked the"
                + " message as done, or another delivery has taken it over",
            claim);
      }
    } catch (Throwable unreachable) { // the next tick tries again
      log.warn("{} could not be renewed: {}", claim, ThrowableText.of(unreachable));
    } finally {
      renewing.remove(claim);
    }
  }
}
