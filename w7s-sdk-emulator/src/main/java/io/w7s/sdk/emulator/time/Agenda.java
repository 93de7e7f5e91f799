package io.w7s.sdk.emulator.time;

import java.util.Comparator;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Items with the time at which each is due, in the order of (nanosecond, sequence), where the
 * sequence is the order of scheduling. Adding, moving, taking and cancelling an item cost O(log n).
 * Nothing polls: {@link #nextDue()} returns when the next item is due, and a thread that waits for
 * that moment on a real clock is notified when an earlier item is added.
 *
 * <p>Thread-safe. The lock is held for bookkeeping only: an item is taken first and run later, by
 * the thread that took it.
 */
public final class Agenda {

  private static final Comparator<Item> BY_DUE =
      (one, other) -> {
        int byTime = Long.compare(one.due, other.due);
        return byTime != 0 ? byTime : Long.compare(one.sequence, other.sequence);
      };

  private final Runnable whenEarlier;
  private final @Nullable RandomGenerator shuffle;
  private final Object lock = new Object();
  private final TreeSet<Item> items = new TreeSet<>(BY_DUE);
  private int work;
  private long sequence;

  /** Makes an empty agenda. */
  public Agenda() {
    this(Agenda::nobodyWaits, null);
  }

  /**
   * Makes an empty agenda.
   *
   * @param whenEarlier called, with no lock of the agenda held, when the next due moment has become
   *     earlier; it must not block
   * @param shuffle orders the items that are due at the same nanosecond; null for the order of
   *     scheduling
   */
  public Agenda(Runnable whenEarlier, @Nullable RandomGenerator shuffle) {
    this.whenEarlier = whenEarlier;
    this.shuffle = shuffle;
  }

  private static void nobodyWaits() {}

  /** Something to do at a time. An item is on one agenda only, and at most once. */
  public abstract static class Item {

    private final boolean work;
    private boolean scheduled;
    private long due;
    private long sequence;

    /**
     * Makes an item that is not scheduled yet.
     *
     * @param work whether the agenda is idle only once this is done, as for a message; false for
     *     items that repeat forever, such as schedules
     */
    protected Item(boolean work) {
      this.work = work;
    }

    /** Runs the item. Called with no lock held; it may schedule any item, also itself. */
    protected abstract void run();

    /** Returns what the item is, for messages about items that run again and again. */
    @Override
    public abstract String toString();
  }

  /**
   * Puts an item on the agenda, behind the items of the same nanosecond. An item that is on the
   * agenda already is moved, and counts as scheduled now.
   *
   * @param due the time, on the clock of {@link Timeline#nanos()}; an item whose time has passed is
   *     due at once
   */
  public void schedule(Item item, long due) {
    boolean earlier;
    synchronized (lock) {
      long before = firstDue();
      if (item.scheduled) {
        remove(item);
      }
      item.due = due;
      do { // random numbers may repeat
        item.sequence = shuffle == null ? sequence++ : shuffle.nextLong();
      } while (!items.add(item));
      item.scheduled = true;
      if (item.work) {
        work++;
      }
      earlier = due < before;
    }
    if (earlier) {
      whenEarlier.run();
    }
  }

  /** Takes an item off the agenda. Returns whether it was there. */
  public boolean cancel(Item item) {
    synchronized (lock) {
      if (!item.scheduled) {
        return false;
      }
      remove(item);
      return true;
    }
  }

  /**
   * Takes the first item off the agenda if it is due. The thread that takes an item runs it.
   *
   * @param now the last nanosecond that is due
   */
  public @Nullable Item takeDue(long now) {
    synchronized (lock) {
      if (items.isEmpty() || items.first().due > now) {
        return null;
      }
      Item first = items.first();
      remove(first);
      return first;
    }
  }

  /** Returns when the first item is due; empty when there is none. */
  public OptionalLong nextDue() {
    synchronized (lock) {
      return items.isEmpty() ? OptionalLong.empty() : OptionalLong.of(items.first().due);
    }
  }

  /** Returns whether there is an item that is work. */
  public boolean hasWork() {
    synchronized (lock) {
      return work > 0;
    }
  }

  /** Returns how many items there are. */
  public int size() {
    synchronized (lock) {
      return items.size();
    }
  }

  private long firstDue() {
    return items.isEmpty() ? Long.MAX_VALUE : items.first().due;
  }

  private void remove(Item item) {
    items.remove(item);
    item.scheduled = false;
    if (item.work) {
      work--;
    }
  }
}
