package io.w7s.sdk.consumption;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.spi.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
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

  private final int maxMessages;
  private final Duration window;
  private final TimeSource time;

  /** The one that was claimed or renewed first, first. */
  private final Map<Key, InProgress> inProgress = new LinkedHashMap<>();

  /** The oldest first. */
  private final Map<Key, Done> done = new LinkedHashMap<>();

  private boolean warned;

  InMemoryProcessedMessages(int maxMessages, Duration window, TimeSource time) {
    if (maxMessages < 1) {
      throw new InvalidInputException("maxMessages", String.valueOf(maxMessages), "1 or more");
    }
    this.maxMessages = maxMessages;
    this.window = window;
    this.time = time;
  }

  private record Key(String queue, String key) {}

  /** A claim, and when its lease ends. */
  private record InProgress(long owner, long until) {}

  /** Who handled a message, and when; null for whoever it was. */
  private record Done(@Nullable Claim by, long at) {}

  @Override
  public Duration window() {
    return window;
  }

  @Override
  public synchronized Set<String> done(String queue, Collection<String> keys) {
    forgetOld();
    var found = new HashSet<String>();
    for (String key : keys) {
      if (done.containsKey(new Key(queue, key))) {
        found.add(key);
      }
    }
    return found;
  }

  @Override
  public synchronized ClaimResult claim(
      String queue, String key, Duration lease, boolean takeOver) {
    forgetOld();
    var message = new Key(queue, key);
    if (done.containsKey(message)) {
      return ClaimResult.done();
    }
    long now = now();
    InProgress former = inProgress.get(message);
    if (former != null && former.until > now) {
      return ClaimResult.busy(Duration.ofNanos(former.until - now));
    }
    if (former != null && !takeOver) {
      return ClaimResult.abandoned();
    }
    var claim = new Claim(queue, key, time.random().nextLong());
    inProgress.remove(message); // so that it moves to the end
    inProgress.put(message, new InProgress(claim.owner(), now + nanos(lease)));
    return former == null ? ClaimResult.granted(claim) : ClaimResult.takenOver(claim);
  }

  @Override
  public synchronized boolean renew(Claim claim, Duration lease) {
    if (!holds(claim)) {
      return false;
    }
    inProgress.remove(key(claim));
    inProgress.put(key(claim), new InProgress(claim.owner(), now() + nanos(lease)));
    return true;
  }

  @Override
  public synchronized boolean complete(Claim claim) {
    if (holds(claim)) {
      markDone(key(claim), claim);
      return true;
    }
    Done former = done.get(key(claim));
    return former != null && claim.equals(former.by);
  }

  @Override
  public synchronized void complete(String queue, String key) {
    markDone(new Key(queue, key), null);
  }

  @Override
  public synchronized void release(Claim claim) {
    if (holds(claim)) {
      inProgress.remove(key(claim));
    }
  }

  private boolean holds(Claim claim) {
    InProgress current = inProgress.get(key(claim));
    return current != null && current.owner == claim.owner();
  }

  private void markDone(Key message, @Nullable Claim by) {
    inProgress.remove(message);
    done.putIfAbsent(message, new Done(by, now()));
    if (done.size() > maxMessages) {
      Iterator<Key> oldest = done.keySet().iterator();
      oldest.next();
      oldest.remove();
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
    long before = now() - nanos(window);
    Iterator<Done> oldest = done.values().iterator();
    while (oldest.hasNext() && oldest.next().at < before) {
      oldest.remove();
    }
    Iterator<InProgress> abandoned = inProgress.values().iterator();
    while (abandoned.hasNext() && abandoned.next().until < before) {
      abandoned.remove();
    }
  }

  private static Key key(Claim claim) {
    return new Key(claim.queue(), claim.key());
  }

  private long now() {
    return nanos(time.elapsed());
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : duration.toNanos();
  }
}
