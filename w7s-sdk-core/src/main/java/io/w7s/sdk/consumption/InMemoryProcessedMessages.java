package io.w7s.sdk.consumption;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers a bounded number of messages, in this process. */
final class InMemoryProcessedMessages implements ProcessedMessages {

  private static final Logger log = LoggerFactory.getLogger(ProcessedMessages.class);

  /** Half of what fits into a long, so that sums do. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

  private static final Duration BETWEEN_CLEANUPS = Duration.ofHours(1);

  private static final long NOBODY = 0;

  private final int maxMessages;
  private final Duration window;
  private final TimeSource time;
  private final Map<Key, Entry> messages = new HashMap<>();

  /** The messages that are done, the oldest first. */
  private final Deque<Entry> done = new ArrayDeque<>();

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
    this.lastCleanup = now();
  }

  private record Key(String queue, String key) {}

  /** A message that is claimed or done. */
  private static final class Entry {

    private final Key key;

    /** Who has the claim, or had it when the message was done. */
    private long owner;

    /** When the lease ends or, for one that is done, when that was. */
    private long at;

    private boolean isDone;

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
    forgetOld();
    var found = new HashSet<String>();
    for (String key : keys) {
      Entry entry = messages.get(new Key(queue, key));
      if (entry != null && entry.isDone) {
        found.add(key);
      }
    }
    return found;
  }

  @Override
  public synchronized ClaimResult claim(
      String queue, String key, Duration lease, boolean takeOver) {
    var message = new Key(queue, key);
    Entry former = messages.get(message);
    long now = now();
    if (former == null) {
      Entry entry = new Entry(message);
      messages.put(message, entry);
      return ClaimResult.granted(claim(entry, now, lease));
    }
    if (former.isDone) {
      return ClaimResult.done();
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
    Entry entry = entryOf(claim);
    if (entry == null || entry.isDone) {
      return false;
    }
    entry.at = now() + nanos(lease);
    return true;
  }

  @Override
  public synchronized boolean complete(Claim claim) {
    Entry entry = entryOf(claim);
    if (entry == null) {
      return false;
    }
    markDone(entry);
    return true;
  }

  @Override
  public synchronized void complete(String queue, String key) {
    Entry entry = messages.computeIfAbsent(new Key(queue, key), Entry::new);
    if (!entry.isDone) {
      entry.owner = NOBODY;
      markDone(entry);
    }
  }

  @Override
  public synchronized void release(Claim claim) {
    Entry entry = entryOf(claim);
    if (entry != null && !entry.isDone) {
      messages.remove(entry.key);
    }
  }

  /** Returns the message of a claim; null when the claim holds no more. */
  private @Nullable Entry entryOf(Claim claim) {
    Entry entry = messages.get(new Key(claim.queue(), claim.key()));
    return entry != null && entry.owner == claim.owner() ? entry : null;
  }

  private void markDone(Entry entry) {
    if (entry.isDone) {
      return;
    }
    entry.isDone = true;
    entry.at = now();
    done.add(entry);
    if (done.size() > maxMessages) {
      messages.remove(done.remove().key);
      if (!warned) {
        warned = true;
        log.warn(
            "more than {} messages were handled within {}: the oldest are forgotten, and would be"
                + " handled again if they came again",
            maxMessages,
            window);
      }
    }
  }

  /** Forgets what is older than the window. */
  private void forgetOld() {
    long now = now();
    long before = now - nanos(window);
    while (!done.isEmpty() && done.element().at < before) {
      messages.remove(done.remove().key);
    }
    if (now - lastCleanup > nanos(BETWEEN_CLEANUPS)) { // abandoned claims are in no order
      lastCleanup = now;
      messages.values().removeIf(entry -> !entry.isDone && entry.at < before);
    }
  }

  private long now() {
    return nanos(time.elapsed());
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : duration.toNanos();
  }
}
