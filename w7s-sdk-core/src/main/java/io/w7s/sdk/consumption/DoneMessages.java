package io.w7s.sdk.consumption;

import java.util.Arrays;

/**
 * A set of messages that are done, with who completed each and when. It is a hash table in plain
 * arrays: a hundred thousand objects that live for two days would cost the garbage collector more
 * than everything else costs that is done for a message. Messages are added and, all together,
 * removed. Not safe for use by several threads.
 */
final class DoneMessages {

  private static final int FIRST_CAPACITY = 64;
  private static final int NONE = -1;

  /** What an array may hold for certain. */
  private static final int MAX_CHARS = 1 << 30;

  private static final int MAX_SIZE = 1 << 28;

  /** An odd number that nobody outside knows, so that nobody can choose keys that collide. */
  private final long multiplier;

  /** The number of an entry plus 1, at the place that its hash says or behind it; 0 where free. */
  private int[] places = new int[2 * FIRST_CAPACITY];

  private long[] hashes = new long[FIRST_CAPACITY];
  private long[] owners = new long[FIRST_CAPACITY];
  private long[] times = new long[FIRST_CAPACITY];

  /** Where the text of an entry ends; it begins where the one before ends. */
  private int[] ends = new int[FIRST_CAPACITY];

  /** The length of the queue's name, with which the text of an entry begins. */
  private int[] queueLengths = new int[FIRST_CAPACITY];

  private char[] texts = new char[FIRST_CAPACITY * FIRST_CAPACITY];
  private int size;

  /**
   * Creates an empty set.
   *
   * @param multiplier an odd random number; sets with the same one have the same hashes
   */
  DoneMessages(long multiplier) {
    this.multiplier = multiplier;
  }

  /** Returns the number of messages. */
  int size() {
    return size;
  }

  /** Returns whether one more message can be added. */
  boolean hasRoomFor(String queue, String key) {
    return size < MAX_SIZE && (long) start(size) + queue.length() + key.length() <= MAX_CHARS;
  }

  /** Returns the number of an entry, from 0; negative when there is none. */
  int find(String queue, String key, long hash) {
    int mask = places.length - 1;
    for (int place = (int) hash & mask; places[place] != 0; place = (place + 1) & mask) {
      int entry = places[place] - 1;
      if (hashes[entry] == hash && is(entry, queue, key)) {
        return entry;
      }
    }
    return NONE;
  }

  private boolean is(int entry, String queue, String key) {
    int start = start(entry);
    int keyStart = start + queueLengths[entry];
    return keyStart - start == queue.length()
        && ends[entry] - keyStart == key.length()
        && isAt(start, queue)
        && isAt(keyStart, key);
  }

  private boolean isAt(int start, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (texts[start + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Returns who completed a message. */
  long owner(int entry) {
    return owners[entry];
  }

  /** Returns when a message was done. */
  long time(int entry) {
    return times[entry];
  }

  /** Adds a message, or replaces what is known of it. */
  void put(String queue, String key, long hash, long owner, long time) {
    int entry = find(queue, key, hash);
    if (entry == NONE) {
      entry = add(queue, key, hash);
    }
    owners[entry] = owner;
    times[entry] = time;
  }

  private int add(String queue, String key, long hash) {
    if (size == hashes.length) {
      grow();
    }
    int entry = size++;
    int start = start(entry);
    int end = start + queue.length() + key.length();
    if (end > texts.length) {
      texts = Arrays.copyOf(texts, Math.min(Math.max(2 * texts.length, end), MAX_CHARS));
    }
    queue.getChars(0, queue.length(), texts, start);
    key.getChars(0, key.length(), texts, start + queue.length());
    queueLengths[entry] = queue.length();
    ends[entry] = end;
    hashes[entry] = hash;
    occupy(entry);
    return entry;
  }

  private int start(int entry) {
    return entry == 0 ? 0 : ends[entry - 1];
  }

  private void occupy(int entry) {
    int mask = places.length - 1;
    int place = (int) hashes[entry] & mask;
    while (places[place] != 0) {
      place = (place + 1) & mask;
    }
    places[place] = entry + 1;
  }

  private void grow() {
    int capacity = 2 * size;
    hashes = Arrays.copyOf(hashes, capacity);
    owners = Arrays.copyOf(owners, capacity);
    times = Arrays.copyOf(times, capacity);
    ends = Arrays.copyOf(ends, capacity);
    queueLengths = Arrays.copyOf(queueLengths, capacity);
    places = new int[2 * capacity];
    for (int entry = 0; entry < size; entry++) {
      occupy(entry);
    }
  }

  /** Removes all messages, and keeps the room for as many. */
  void clear() {
    Arrays.fill(places, 0);
    size = 0;
  }

  /** Returns the hash with which a message is looked for. */
  long hash(String queue, String key) {
    return mix(hash(hash(queue.length(), queue), key));
  }

  private long hash(long start, String text) {
    long hash = start;
    int i = 0;
    for (; i + 1 < text.length(); i += 2) { // each multiplication waits for the one before
      hash = (hash ^ (text.charAt(i) | ((long) text.charAt(i + 1) << Character.SIZE))) * multiplier;
    }
    return i < text.length() ? (hash ^ text.charAt(i)) * multiplier : hash;
  }

  /** Brings the upper bits, which depend on every character, down to where places come from. */
  private static long mix(long hash) {
    return hash ^ (hash >>> 32);
  }
}
