package io.w7s.sdk.local.internal.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the requests under way, so that a server can wait for their end. Thread-safe. */
final class InFlight {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int count;
  private boolean draining;
  private boolean closed;

  /**
   * Counts a request in. Each one is counted out again.
   *
   * @return false when no more requests are wanted
   */
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
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Wants no more requests, and waits until none is under way or this is closed.
   *
   * @return how many are under way when the wait ends; 0 when all have ended
   * @throws InterruptedException at once when the thread is interrupted
   */
  int drain(Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      draining = true;
      long left = TimeUnit.NANOSECONDS.convert(timeout); // saturates
      while (count > 0 && left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** Wants no more requests, and ends all waits. */
  void close() {
    lock.lock();
    try {
      draining = true;
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
