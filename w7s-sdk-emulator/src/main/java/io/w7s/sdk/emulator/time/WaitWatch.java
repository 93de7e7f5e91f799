package io.w7s.sdk.emulator.time;

import io.w7s.sdk.spi.TimeSource;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds the threads that wait for a future which cannot drive the virtual clock itself, such as
 * that of {@link CompletableFuture#allOf}. A daemon thread looks for them while there are
 * unfinished waits that such a future may depend on. It drives the clock for such a thread. When
 * the thread still waits after {@value ClockDriver#STALLED_SECONDS} real seconds, the thread's
 * waits fail.
 */
final class WaitWatch {

  private static final TimeSource REAL = TimeSource.system();
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration STALLED = Duration.ofSeconds(ClockDriver.STALLED_SECONDS);

  private final WeakReference<VirtualTime> time;
  private final Set<Waiting> waits = ConcurrentHashMap.newKeySet();
  private boolean started;

  WaitWatch(VirtualTime time) {
    this.time = new WeakReference<>(time);
  }

  /** An unfinished wait, and the thread that asked for it. */
  private record Waiting(CompletableFuture<?> future, Object what, Thread creator) {}

  /** Watches a future for as long as it is not done. */
  void add(CompletableFuture<?> future, Object what) {
    var waiting = new Waiting(future, what, Thread.currentThread());
    waits.add(waiting);
    future.whenComplete((done, failure) -> waits.remove(waiting));
    synchronized (this) {
      if (!started) {
        started = true;
        var thread = new Thread(this::look, "w7s-virtual-time");
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  private void look() {
    Thread before = null;
    Duration since = Duration.ZERO;
    long nanos = 0;
    try {
      while (goesOn()) {
        REAL.sleep(LOOK);
        VirtualTime clock = time.get();
        if (clock == null) {
          return;
        }
        Thread blocked = blocked();
        if (blocked == null || blocked != before || clock.nanos() != nanos) {
          before = blocked;
          since = REAL.elapsed();
          nanos = clock.nanos();
        } else if (REAL.elapsed().minus(since).compareTo(STALLED) > 0) {
          fail(blocked, stalled(blocked));
        } else {
          drive(clock, blocked);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // no other code has this thread
    }
  }

  private synchronized boolean goesOn() {
    started = !waits.isEmpty();
    return started;
  }

  private @Nullable Thread blocked() {
    return waits.stream()
        .map(Waiting::creator)
        .filter(WaitWatch::isBlocked)
        .findFirst()
        .orElse(null);
  }

  /** Returns whether a thread waits in {@code get} or {@code join} of a CompletableFuture. */
  static boolean isBlocked(Thread thread) {
    return LockSupport.getBlocker(thread) instanceof ForkJoinPool.ManagedBlocker blocker
        && blocker.getClass().getEnclosingClass() == CompletableFuture.class
        && !blocker.isReleasable();
  }

  @SuppressWarnings("CatchingUnchecked") // the waiting thread gets an Error, too
  private void drive(VirtualTime clock, Thread blocked) {
    try {
      clock.driveFor(() -> isBlocked(blocked));
    } catch (Throwable thrown) {
      fail(blocked, thrown);
    }
  }

  private void fail(Thread blocked, Throwable why) {
    for (Waiting waiting : waits) {
      if (waiting.creator() == blocked) {
        waiting.future().completeExceptionally(why);
      }
    }
  }

  private IllegalStateException stalled(Thread blocked) {
    return new IllegalStateException(
        blocked.getName()
            + " would wait forever: it waits for a future that does not drive the virtual clock, and"
            + " that depends on "
            + waits.stream()
                .filter(waiting -> waiting.creator() == blocked)
                .map(waiting -> String.valueOf(waiting.what()))
                .sorted()
                .toList()
            + "; wait for these themselves, or with VirtualTime.await");
  }
}
