package io.w7s.sdk.emulator.time;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is due when: a heap ordered by (nanosecond, sequence), where the sequence is the order of
 * scheduling. Adding, moving, taking and cancelling cost O(log n), and nothing is allocated for
 * them: an item knows its place. Nothing polls: {@link #nextDue()} tells how long there is nothing
 * to do, and whoever waits so long on a real clock is told when something earlier comes.
 *
 * <p>Thread-safe. Its lock is held for the bookkeeping only: an item is taken first and run later,
 * by the thread that took it.
 */
public final class Agenda {

  private final Runnable whenEarlier;
  private final @Nullable RandomGenerator shuffle;
  private final Object lock = new Object();
  private Item[] heap = new Item[16];
  private int size;
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
   * @param shuffle orders what is due at the same nanosecond; null for the order of scheduling
   */
  public Agenda(Runnable whenEarlier, @Nullable RandomGenerator shuffle) {
    this.whenEarlier = whenEarlier;
    this.shuffle = shuffle;
  }

  private static void nobodyWaits() {}

  /** Something to be done at its time; on one agenda, once, until it is taken. */
  public abstract static class Item {

    private static final int ABSENT = -1;

    private final boolean work;
    private int index = ABSENT;
    private long due;
    private long sequence;

    /**
     * Makes an item that is not scheduled yet.
     *
     * @param work whether somebody waits for this to be done, as for a message; false for what goes
     *     on for ever, as a schedule does
     */
    protected Item(boolean work) {
      this.work = work;
    }

    /** Does it. Called with no lock held; it may schedule anything, itself included. */
    protected abstract void run();

    /** Returns what it is, for whoever reads that it runs and runs. */
    @Override
    public abstract String toString();

    private boolean isBefore(Item other) {
      return due < other.due || (due == other.due && sequence < other.sequence);
    }
  }

  /**
   * Puts an item on the agenda, behind those of the same nanosecond that are there already. One
   * that is there is moved, and counts as scheduled now.
   *
   * @param due when, on the clock of {@link Timeline#nanos()}; one that has passed is due at once
   */
  public void schedule(Item item, long due) {
    boolean earlier;
    synchronized (lock) {
      long before = size == 0 ? Long.MAX_VALUE : heap[0].due;
      if (item.index != Item.ABSENT) {
        removeAt(item.index);
      }
      item.due = due;
      item.sequence = shuffle == null ? sequence++ : shuffle.nextLong();
      add(item);
      earlier = heap[0] == item && due < before;
    }
    if (earlier) {
      whenEarlier.run();
    }
  }

  /** Takes an item off the agenda. Returns whether it was there. */
  public boolean cancel(Item item) {
    synchronized (lock) {
      if (item.index == Item.ABSENT) {
        return false;
      }
      removeAt(item.index);
      return true;
    }
  }

  /**
   * Takes the first item off the agenda if it is due. Whoever takes an item runs it.
   *
   * @param now the last nanosecond that is due
   */
  public @Nullable Item takeDue(long now) {
    synchronized (lock) {
      if (size == 0 || heap[0].due > now) {
        return null;
      }
      Item first = heap[0];
      removeAt(0);
      return first;
    }
  }

  /** Returns when the first item is due; empty when there is none. */
  public OptionalLong nextDue() {
    synchronized (lock) {
      return size == 0 ? OptionalLong.empty() : OptionalLong.of(heap[0].due);
    }
  }

  /** Returns whether there is an item that somebody waits for. */
  public boolean hasWork() {
    synchronized (lock) {
      return work > 0;
    }
  }

  /** Returns how many items there are. */
  public int size() {
    synchronized (lock) {
      return size;
    }
  }

  private void add(Item item) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size + (size >> 1));
    }
    if (item.work) {
      work++;
    }
    siftUp(size++, item);
  }

  private void removeAt(int index) {
    Item item = heap[index];
    Item last = heap[--size];
    clear(size);
    if (index < size) {
      siftDown(index, last);
      if (heap[index] == last) {
        siftUp(index, last);
      }
    }
    item.index = Item.ABSENT;
    if (item.work) {
      work--;
    }
  }

  @SuppressWarnings("NullAway") // beyond the size there is nothing
  private void clear(int index) {
    heap[index] = null;
  }

  private void siftUp(int from, Item item) {
    int index = from;
    while (index > 0) {
      int parent = (index - 1) >>> 1;
      if (!item.isBefore(heap[parent])) {
        break;
      }
      place(heap[parent], index);
      index = parent;
    }
    place(item, index);
  }

  private void siftDown(int from, Item item) {
    int index = from;
    for (int child = 2 * index + 1; child < size; child = 2 * index + 1) {
      if (child + 1 < size && heap[child + 1].isBefore(heap[child])) {
        child++;
      }
      if (!heap[child].isBefore(item)) {
        break;
      }
      place(heap[child], index);
      index = child;
    }
    place(item, index);
  }

  private void place(Item item, int index) {
    heap[index] = item;
    item.index = index;
  }
}
