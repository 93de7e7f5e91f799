package io.w7s.sdk.consumption;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers a bounded number of messages, in this process. The messages that are done are in two
 * generations: when the younger one is full, the older one is dropped as a whole. To look for the
 * oldest message each time that one is added would cost more than all the rest.
 */
final class InMemoryProcessedMessages implements ProcessedMessages {

  private static final Logger log = LoggerFactory.getLogger(ProcessedMessages.class);

  /** Half of what fits into a long, so that sums do. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

  private static final Duration BETWEEN_CLEANUPS = Duration.ofHours(1);

  private static final long NOBODY = 0;

  private final int maxMessages;
  private final Duration window;
  private final TimeSource time;

  /** The messages that are claimed, or were and never completed. */
  private final Map<Key, Entry> open = new HashMap<>();

  private Map<Key, Entry> younger = new HashMap<>();
  private Map<Key, Entry> older = new HashMap<>();

  /** When the first message of the younger generation was done. */
  private long youngerSince;

  private long lastOwner = NOBODY;
  private long lastCleanup;
  private boolean warned;

  InMemoryProcessedMessages(int maxMessages, Duration window, TimeSource time) {
    if (maxMessages < 1) {
      throw new InvalidInputException("maxMessages", String.valueOf(maxMessages), "1 or more");
    }
    this.maxMessages = maxMessages;
    this.window = window;
    this.time = time;
    this.youngerSince = now();
    this.lastCleanup = youngerSince;
  }

  private record Key(String queue, String key) {}

  /** A message that is claimed or done. */
  private static final class Entry {

    private final Key key;

    /** The owner of the claim, or its last owner when the message is done. */
    private long owner;

    /** When the lease ends or, for one that is done, when that was. */
    private long at;

    private Entry(Key key) {
      this.key = key;
    }
  }

  @Override
  public Duration window() {
    return window;
  }

  @Override
  public synchronized Set<String> done(String queue, Collection<String> keys) {
    long now = now();
    forgetOld(now);
    Set<String> found = Set.of();
    for (String key : keys) {
      if (doneEntry(new Key(queue, key), now) != null) {
        if (found.isEmpty()) {
          found = new HashSet<>();
        }
        found.add(key);
      }
    }
    return found;
  }

  private @Nullable Entry doneEntry(Key message, long now) {
    Entry entry = younger.get(message);
    if (entry == null) {
      entry = older.get(message);
    }
    return entry == null || entry.at < now - nanos(window) ? null : entry;
  }

  @Override
  public synchronized ClaimResult claim(
      String queue, String key, Duration lease, boolean takeOver) {
    var message = new Key(queue, key);
    long now = now();
    forgetOld(now);
    if (doneEntry(message, now) != null) {
      return ClaimResult.done();
    }
    Entry entry = new Entry(message);
    Entry former = open.putIfAbsent(message, entry);
    if (former == null) {
      return ClaimResult.granted(claim(entry, now, lease));
    }
    if (former.at > now) {
      return ClaimResult.busy(Duration.ofNanos(former.at - now));
    }
    return takeOver ? ClaimResult.takenOver(claim(former, now, lease)) : ClaimResult.abandoned();
  }

  private Claim claim(Entry entry, long now, Duration lease) {
    entry.owner = ++lastOwner;
    entry.at = now + nanos(lease);
    return new Claim(entry.key.queue, entry.key.key, entry.owner);
  }

  @Override
  public synchronized boolean renew(Claim claim, Duration lease) {
    Entry entry = open.get(new Key(claim.queue(), claim.key()));
    if (entry == null || entry.owner != claim.owner()) {
      return false;
    }
    entry.at = now() + nanos(lease);
    return true;
  }

  @Override
  public synchronized boolean complete(Claim claim) {
    var message = new Key(claim.queue(), claim.key());
    long now = now();
    Entry entry = open.remove(message);
    if (entry == null) {
      Entry done = doneEntry(message, now);
      return done != null && done.owner == claim.owner();
    }
    if (entry.owner != claim.owner()) {
      open.put(message, entry);
      return false;
    }
    addDone(entry, now);
    return true;
  }

  @Override
  public synchronized void complete(String queue, String key) {
    var message = new Key(queue, key);
    long now = now();
    open.remove(message);
    if (doneEntry(message, now) == null) {
      addDone(new Entry(message), now);
    }
  }

  @Override
  public synchronized void release(Claim claim) {
    var message = new Key(claim.queue(), claim.key());
    Entry entry = open.get(message);
    if (entry != null && entry.owner == claim.owner()) {
      open.remove(message);
    }
  }

  private void addDone(Entry entry, long now) {
    if (younger.size() >= maxMessages) {
      if (!warned && !older.isEmpty()) {
        warned = true;
        log.warn(
            "more than {} messages were handled within {}: the oldest are forgotten, and would be"
                + " handled again if they came again",
            maxMessages,
            window);
      }
      beginGeneration(now);
    }
    entry.at = now;
    younger.put(entry.key, entry);
  }

  private void beginGeneration(long now) {
    older = younger;
    younger = new HashMap<>(2 * older.size());
    youngerSince = now;
  }

  /** Forgets what is older than the window, at the latest after two of them. */
  private void forgetOld(long now) {
    if (now - youngerSince > nanos(window)) {
      beginGeneration(now);
    }
    if (now - lastCleanup > nanos(BETWEEN_CLEANUPS)) { // claims that nobody completed
      lastCleanup = now;
      open.values().removeIf(entry -> entry.at < now - nanos(window));
    }
  }

  private long now() {
    return nanos(time.elapsed());
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : duration.toNanos();
  }
}
