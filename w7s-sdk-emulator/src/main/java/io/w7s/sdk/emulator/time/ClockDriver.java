package io.w7s.sdk.emulator.time;

import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides which thread drives a virtual clock, and tracks waiting threads and items on a pool. */
final class ClockDriver {

  /** Real seconds without progress, after which a wait for something unknown fails. */
  static final int STALLED_SECONDS = 5;

  private static final Duration STALLED = Duration.ofSeconds(STALLED_SECONDS);

  /** How long, in real milliseconds, an item is left for a free thread of the pool. */
  private static final long GRACE = 20;

  private static final TimeSource REAL = TimeSource.system();

  private final @Nullable Executor pool;
  private final ThreadLocal<Integer> onPool = ThreadLocal.withInitial(() -> 0);
  private final Object lock = new Object();
  private final Deque<Agenda.Item> handedOver = new ArrayDeque<>();
  private final Map<Thread, Agenda.Item> active = new HashMap<>();
  private @Nullable Thread driver;
  private int depth;

  /** The items that are handed over or running, without those that wait for the clock. */
  private int running;

  /** Changes with each item that is handed over, begins, waits, goes on or ends. */
  private long progress;

  private @Nullable Throwable failed;

  ClockDriver(@Nullable Executor pool) {
    this.pool = pool;
  }

  boolean hasPool() {
    return pool != null;
  }

  /** Makes this thread the driver, also when it is the driver already. */
  void enter(String what) {
    Thread current = Thread.currentThread();
    synchronized (lock) {
      if (driver != null && driver != current) {
        throw new IllegalStateException(
            what + " on " + current.getName() + " while " + driver.getName() + " drives the clock");
      }
      driver = current;
      depth++;
    }
  }

  /** Makes this thread the driver if there is none. Returns whether there was none. */
  boolean tryEnter() {
    synchronized (lock) {
      if (driver != null) {
        return false;
      }
      driver = Thread.currentThread();
      depth++;
      return true;
    }
  }

  /** Ends one hold of this thread on the clock. Returns whether there is no driver any more. */
  boolean exit() {
    synchronized (lock) {
      if (--depth > 0) {
        return false;
      }
      driver = null;
      lock.notifyAll();
      return true;
    }
  }

  int depth() {
    synchronized (lock) {
      return depth;
    }
  }

  boolean isMine() {
    synchronized (lock) {
      return driver == Thread.currentThread();
    }
  }

  /**
   * Waits while another thread drives. Returns true when this thread need not drive: the future is
   * done, or this thread runs on the pool, where it only waits. Otherwise this thread is now the
   * driver, until it leaves.
   *
   * @throws InterruptedException when the thread is interrupted and may be
   */
  boolean waitsForDriver(CompletableFuture<?> future, boolean interruptible)
      throws InterruptedException {
    if (onPool.get() > 0) {
      pause(future, interruptible);
      return true;
    }
    if (!isMine()) {
      future.whenComplete((done, failure) -> wake());
    }
    boolean interrupted = false;
    try {
      synchronized (lock) {
        Thread current = Thread.currentThread();
        while (driver != null && driver != current && !future.isDone()) {
          try {
            lock.wait();
          } catch (InterruptedException e) {
            if (interruptible) {
              throw e;
            }
            interrupted = true;
          }
        }
        if (future.isDone()) {
          return true;
        }
        driver = current;
        depth++;
        return false;
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Waits on a thread of the pool. The clock can move meanwhile. The thread runs items for which
   * the pool has no free thread.
   */
  private void pause(CompletableFuture<?> future, boolean interruptible)
      throws InterruptedException {
    var wait = new Pause();
    wait.begin();
    future.whenComplete(
        (done, failure) -> wait.end()); // before the thread that completes it goes on
    boolean interrupted = false;
    try {
      for (Agenda.Item item = null; !future.isDone(); item = null) {
        try {
          item = nextUnclaimed(future);
        } catch (InterruptedException e) {
          if (interruptible) {
            throw e;
          }
          interrupted = true;
        }
        if (item != null) {
          runOnPool(item);
        }
      }
    } finally {
      wait.end();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A wait that ends once: when its future completes, or when it is given up. */
  private final class Pause {

    private boolean over;

    void begin() {
      synchronized (lock) {
        changeRunning(-1);
        active.remove(Thread.currentThread());
      }
    }

    void end() {
      synchronized (lock) {
        if (!over) {
          over = true;
          changeRunning(1);
        }
      }
    }
  }

  /** Returns an item that no thread of the pool takes; null when the future is done. */
  private Agenda.@Nullable Item nextUnclaimed(CompletableFuture<?> future)
      throws InterruptedException {
    synchronized (lock) {
      while (!future.isDone()) {
        Agenda.Item first = handedOver.peek();
        if (first == null) {
          lock.wait();
          continue;
        }
        lock.wait(GRACE);
        if (handedOver.peek() == first && !future.isDone()) {
          if (onPool.get() >= VirtualTime.DEEPEST) {
            throw new IllegalStateException(
                "the pool has no free thread for "
                    + first
                    + ", and "
                    + VirtualTime.DEEPEST
                    + " items wait inside each other on "
                    + Thread.currentThread().getName());
          }
          return handedOver.poll();
        }
      }
      return null;
    }
  }

  private void changeRunning(int by) {
    running += by;
    progress++;
    lock.notifyAll();
  }

  /** Runs an item here, or has the pool run it. */
  void run(Agenda.Item item) {
    if (pool == null) {
      item.run();
      return;
    }
    synchronized (lock) {
      handedOver.add(item);
      changeRunning(1);
    }
    try {
      pool.execute(this::runHandedOver);
    } catch (RejectedExecutionException e) {
      synchronized (lock) {
        if (handedOver.removeLastOccurrence(item)) {
          changeRunning(-1);
        }
      }
      throw e;
    }
  }

  private void runHandedOver() {
    Agenda.Item item;
    synchronized (lock) {
      item = handedOver.poll();
    }
    if (item != null) { // else a waiting thread has run it
      runOnPool(item);
    }
  }

  @SuppressWarnings("CatchingUnchecked") // the driver has to see an Error, too
  private void runOnPool(Agenda.Item item) {
    Throwable thrown = null;
    int outer = onPool.get();
    onPool.set(outer + 1);
    synchronized (lock) {
      active.put(Thread.currentThread(), item);
    }
    try {
      item.run();
    } catch (Throwable t) {
      thrown = t;
    } finally {
      if (outer == 0) {
        onPool.remove();
      } else {
        onPool.set(outer);
      }
      synchronized (lock) {
        active.remove(Thread.currentThread());
        if (failed == null) {
          failed = thrown;
        }
        changeRunning(-1);
      }
    }
  }

  /** Waits until nothing runs on the pool any more, or until there is something else to do. */
  void settle(BooleanSupplier somethingToDo) {
    if (pool == null) {
      return;
    }
    synchronized (lock) {
      long seen = progress;
      Duration since = REAL.elapsed();
      while (running > 0 && failed == null && !somethingToDo.getAsBoolean()) {
        try {
          lock.wait(TimeUnit.SECONDS.toMillis(1));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while handlers run on the pool", e);
        }
        if (progress != seen) {
          seen = progress;
          since = REAL.elapsed();
        } else if (REAL.elapsed().minus(since).compareTo(STALLED) > 0 && allWait()) {
          throw stalled();
        }
      }
      Throwable thrown = failed;
      failed = null;
      if (thrown instanceof Error error) {
        throw error;
      }
      if (thrown != null) {
        throw new IllegalStateException(thrown);
      }
    }
  }

  private boolean allWait() {
    return active.keySet().stream().allMatch(thread -> thread.getState() == Thread.State.WAITING);
  }

  private IllegalStateException stalled() {
    String waiting =
        active.entrySet().stream()
            .map(each -> each.getValue() + " on " + each.getKey().getName())
            .sorted()
            .collect(Collectors.joining(", "));
    return new IllegalStateException(
        "nothing has moved for "
            + STALLED_SECONDS
            + " seconds: these items wait for something that the virtual clock does not know, such"
            + " as a free thread of their own pool: ["
            + waiting
            + "]; these wait for a thread: "
            + handedOver);
  }

  void wake() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }
}
