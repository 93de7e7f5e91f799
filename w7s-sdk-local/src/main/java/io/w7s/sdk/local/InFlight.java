package io.w7s.sdk.local;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the requests under way, so that a server can wait for their end. Thread-safe. */
final class InFlight {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
  private int count;
  private boolean draining;

  /** Counts a request in; false when no more of them are wanted. Each one is counted out again. */
  boolean enter() {
    lock.lock();
    try {
      count++;
      return !draining;
    } finally {
      lock.unlock();
    }
  }

  void exit() {
    lock.lock();
    try {
      count--;
      if (count == 0) {
        none.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Wants no more requests, and waits until none is under way.
   *
   * @return how many are under way after the longest wait; 0 for a full success
   * @throws InterruptedException at once when the thread is interrupted
   */
  int drain(Duration longest) throws InterruptedException {
    lock.lock();
    try {
      draining = true;
      long left = longest.toNanos();
      while (count > 0 && left > 0) {
        left = none.awaitNanos(left);
      }
      return count;
    } finally {
      lock.unlock();
    }
  }
}
