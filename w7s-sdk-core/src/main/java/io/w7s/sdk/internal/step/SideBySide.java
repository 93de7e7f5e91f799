package io.w7s.sdk.internal.step;

import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks on this thread and on some others, and returns when all have ended. This thread takes
 * part, so that it goes on, too, where the executor has no thread left.
 */
final class SideBySide {

  private static final Logger log = LoggerFactory.getLogger(SideBySide.class);

  /** Something to do, which throws nothing. */
  interface Task {

    /** Does it; returns whether its thread was interrupted. */
    boolean run();

    /** Is called instead when another task was interrupted before this one began. */
    void skip();
  }

  private final Thread owner = Thread.currentThread();
  private final Queue<Task> waiting;
  private final CountDownLatch unfinished;
  private final Set<Thread> others = new HashSet<>();
  private boolean stopped;

  private final BooleanSupplier stopping;

  private SideBySide(List<? extends Task> tasks, BooleanSupplier stopping) {
    this.stopping = stopping;
    waiting = new ConcurrentLinkedQueue<>(tasks);
    unfinished = new CountDownLatch(tasks.size());
  }

  /**
   * Runs tasks. When somebody interrupts this thread, or one of the tasks, so are the threads of
   * the others, and tasks that have not begun are skipped. A task that interrupts its own thread
   * does not matter to the others.
   *
   * @param most how many run at the same time, at most
   * @param stopping says whether somebody may have interrupted a thread
   * @return whether this thread was interrupted while it waited for others; it is not any more
   */
  static boolean run(
      Executor executor, List<? extends Task> tasks, int most, BooleanSupplier stopping) {
    var running = new SideBySide(tasks, stopping);
    for (int i = 1; i < Math.min(most, tasks.size()); i++) {
      try {
        executor.execute(running::work);
      } catch (RuntimeException | Error noThread) {
        log.warn("there is no thread for a branch, so it runs after others", noThread);
        break;
      }
    }
    running.work();
    return running.awaitOthers();
  }

  private void work() {
    for (Task task = waiting.poll(); task != null; task = waiting.poll()) {
      try {
        if (!begin()) {
          task.skip();
        } else if (task.run()) {
          stop();
        }
      } finally {
        end();
        unfinished.countDown();
      }
    }
  }

  private synchronized boolean begin() {
    if (!stopped && Thread.currentThread() != owner) {
      others.add(Thread.currentThread());
    }
    return !stopped;
  }

  /**
   * After this, nobody interrupts this thread; an interrupt from before does not outlive a task.
   */
  private synchronized void end() {
    boolean wasStopped = others.remove(Thread.currentThread()) && stopped;
    if (wasStopped || !stopping.getAsBoolean()) {
      Thread.interrupted();
    }
  }

  private synchronized void stop() {
    stopped = true;
    others.stream().filter(each -> each != Thread.currentThread()).forEach(Thread::interrupt);
  }

  private boolean awaitOthers() {
    boolean interrupted = false;
    while (unfinished.getCount() > 0) {
      try {
        unfinished.await();
      } catch (InterruptedException toStop) {
        if (stopping.getAsBoolean()) {
          interrupted = true;
          stop();
        }
      }
    }
    return interrupted;
  }
}
