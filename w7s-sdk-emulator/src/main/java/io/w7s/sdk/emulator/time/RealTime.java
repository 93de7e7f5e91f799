package io.w7s.sdk.emulator.time;

import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * The machine's time with an agenda. One daemon thread waits until the next item is due and hands
 * it to an executor. It does not poll. Thread-safe.
 */
public final class RealTime implements Timeline, AutoCloseable {

  private static final TimeSource SYSTEM = TimeSource.system();

  private final long origin = SYSTEM.elapsed().toNanos();
  private final Executor executor;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition earlier = lock.newCondition();
  private final Agenda agenda = new Agenda(this::wake, null);
  private final Thread thread;
  private final AtomicInteger running = new AtomicInteger();
  private boolean woken;
  private volatile boolean draining;
  private volatile boolean closed;

  private RealTime(String threadName, Executor executor) {
    this.executor = executor;
    this.thread = new Thread(this::run, threadName);
    this.thread.setDaemon(true);
  }

  /**
   * Starts the thread.
   *
   * @param executor runs the items; the caller closes it
   */
  public static RealTime start(String threadName, Executor executor) {
    var time = new RealTime(threadName, executor);
    time.thread.start();
    return time;
  }

  private void run() {
    while (!closed) {
      Agenda.Item due = agenda.takeDue(nanos());
      if (due != null) {
        hand(due);
      } else if (!awaitNext()) {
        return;
      }
    }
  }

  private void hand(Agenda.Item due) {
    running.incrementAndGet();
    try {
      executor.execute(() -> run(due));
    } catch (RejectedExecutionException e) {
      ended();
      if (!closed) {
        throw e;
      }
    }
  }

  private void run(Agenda.Item item) {
    try {
      item.run();
    } finally {
      ended();
    }
  }

  private void ended() {
    if (running.decrementAndGet() == 0 && draining) {
      wake();
    }
  }

  /** Waits until an item is due or an earlier one is added. Returns false when this has ended. */
  private boolean awaitNext() {
    lock.lock();
    try {
      while (!woken && !closed) {
        boolean idle = running.get() == 0; // asked first: what runs may schedule more
        OptionalLong next = agenda.nextDue();
        long left = next.isEmpty() ? Long.MAX_VALUE : next.getAsLong() - nanos();
        if (left <= 0) {
          break;
        }
        if (draining && idle) {
          return false;
        }
        earlier.awaitNanos(left);
      }
      woken = false;
      return !closed;
    } catch (InterruptedException e) {
      return false; // no other code has this thread
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    lock.lock();
    try {
      woken = true;
      earlier.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Agenda agenda() {
    return agenda;
  }

  @Override
  public long nanos() {
    return SYSTEM.elapsed().toNanos() - origin;
  }

  @Override
  public Instant now() {
    return SYSTEM.now();
  }

  @Override
  public Duration elapsed() {
    return Duration.ofNanos(nanos());
  }

  @Override
  public void sleep(Duration delay) throws InterruptedException {
    SYSTEM.sleep(delay);
  }

  @Override
  public CompletableFuture<Void> after(Duration delay) {
    return SYSTEM.after(delay);
  }

  @Override
  public Executor executor() {
    return executor;
  }

  @Override
  public boolean handsOver() {
    return true;
  }

  @Override
  public RandomGenerator random() {
    return SYSTEM.random();
  }

  /**
   * Runs the items that are due, and those that become due meanwhile, until none is due. Then ends
   * the thread as {@link #close} does. An item must not call this method: it would wait for itself.
   *
   * @param longest how long to wait
   * @return whether no item was due in the end; false when some still run or did not begin
   * @throws InterruptedException at once when the thread is interrupted; the thread has ended then,
   *     too
   */
  public boolean drain(Duration longest) throws InterruptedException {
    draining = true;
    wake();
    try {
      thread.join(Math.max(1, longest.toMillis())); // zero would wait forever
      return !thread.isAlive();
    } finally {
      close();
    }
  }

  /** Ends the thread; items that are due later do not run. Closing twice does nothing. */
  @Override
  public void close() {
    closed = true;
    wake();
  }
}
