package io.w7s.sdk.emulator.time;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Who drives a virtual clock, who waits for the driver, and what is still running on a pool. */
final class ClockDriver {

  private final @Nullable Executor pool;
  private final ThreadLocal<Boolean> onPool = new ThreadLocal<>();
  private final Object lock = new Object();
  private @Nullable Thread driver;
  private int depth;
  private int running;
  private @Nullable Throwable failed;

  ClockDriver(@Nullable Executor pool) {
    this.pool = pool;
  }

  boolean hasPool() {
    return pool != null;
  }

  /** Takes the role, or takes it once more. */
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

  /** Returns the role; true when it is free again. */
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
   * Waits while another thread drives. Returns true when there is nothing left to drive for: the
   * future is done, or this thread runs on the pool, where it only waits. Otherwise the role is
   * this thread's, to be given back.
   *
   * @throws InterruptedException when the thread is interrupted and may be
   */
  boolean waitsForDriver(CompletableFuture<?> future, boolean interruptible)
      throws InterruptedException {
    if (onPool.get() != null) {
      pause(future);
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

  /** A thread of the pool that waits does not keep the clock from moving. */
  private void pause(CompletableFuture<?> future) {
    future.whenComplete(
        (done, failure) -> {
          synchronized (lock) {
            running++; // before whoever completed it goes on
          }
        });
    synchronized (lock) {
      running--;
      lock.notifyAll();
    }
  }

  /** Runs an item here, or has the pool run it. */
  void run(Agenda.Item item) {
    if (pool == null) {
      item.run();
      return;
    }
    synchronized (lock) {
      running++;
    }
    pool.execute(() -> runOnPool(item));
  }

  @SuppressWarnings("CatchingUnchecked") // an Error too is the driver's to see
  private void runOnPool(Agenda.Item item) {
    Throwable thrown = null;
    onPool.set(true);
    try {
      item.run();
    } catch (Throwable t) {
      thrown = t;
    } finally {
      onPool.remove();
      synchronized (lock) {
        running--;
        if (failed == null) {
          failed = thrown;
        }
        lock.notifyAll();
      }
    }
  }

  /** Waits until nothing runs on the pool any more, or until there is something else to do. */
  void settle(BooleanSupplier somethingToDo) {
    if (pool == null) {
      return;
    }
    synchronized (lock) {
      while (running > 0 && failed == null && !somethingToDo.getAsBoolean()) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while handlers run on the pool", e);
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

  void wake() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }
}
