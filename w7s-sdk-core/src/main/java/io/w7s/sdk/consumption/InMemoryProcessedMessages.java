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
  private final Map<Key, Lease> open = new HashMap<>();

  private DoneMessages younger;
  private DoneMessages older;

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
    long multiplier = time.random().nextLong() | 1;
    this.younger = new DoneMessages(multiplier);
    this.older = new DoneMessages(multiplier);
    this.youngerSince = now();
    this.lastCleanup = youngerSince;
  }

  private record Key(String queue, String key) {}

  /** Who has a message, and until when. */
  private static final class Lease {

    private long owner;
    private long end;
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
      if (isDone(queue, key, now)) {
        if (found.isEmpty()) {
          found = new HashSet<>();
        }
        found.add(key);
      }
    }
    return found;
  }

  private boolean isDone(String queue, String key, long now) {
    long hash = younger.hash(queue, key);
    return isDone(younger, queue, key, hash, now) || isDone(older, queue, key, hash, now);
  }

  private boolean isDone(DoneMessages done, String queue, String key, long hash, long now) {
    int found = done.find(queue, key, hash);
    return found >= 0 && done.time(found) >= now - nanos(window);
  }

  private boolean isDoneBy(DoneMessages done, Claim claim, long now) {
    int found = done.find(claim.queue(), claim.key(), done.hash(claim.queue(), claim.key()));
    return found >= 0
        && done.time(found) >= now - nanos(window)
        && done.owner(found) == claim.owner();
  }

  @Override
  public synchronized ClaimResult claim(
      String queue, String key, Duration length, boolean takeOver) {
    long now = now();
    forgetOld(now);
    if (isDone(queue, key, now)) {
      return ClaimResult.done();
    }
    var lease = new Lease();
    Lease former = open.putIfAbsent(new Key(queue, key), lease);
    if (former == null) {
      return ClaimResult.granted(claim(lease, queue, key, now, length));
    }
    if (former.end > now) {
      return ClaimResult.busy(Duration.ofNanos(former.end - now));
    }
    return takeOver
        ? ClaimResult.takenOver(claim(former, queue, key, now, length))
        : ClaimResult.abandoned();
  }

  private Claim claim(Lease lease, String queue, String key, long now, Duration length) {
    lease.owner = ++lastOwner;
    lease.end = now + nanos(length);
    return new Claim(queue, key, lease.owner);
  }

  @Override
  public synchronized boolean renew(Claim claim, Duration length) {
    Lease lease = open.get(key(claim));
    if (lease == null || lease.owner != claim.owner()) {
      return false;
    }
    lease.end = now() + nanos(length);
    return true;
  }

  @Override
  public synchronized boolean complete(Claim claim) {
    long now = now();
    Key message = key(claim);
    Lease lease = open.remove(message);
    if (lease == null) {
      return isDoneBy(younger, claim, now) || isDoneBy(older, claim, now);
    }
    if (lease.owner != claim.owner()) {
      open.put(message, lease);
      return false;
    }
    addDone(claim.queue(), claim.key(), claim.owner(), now);
    return true;
  }

  @Override
  public synchronized void complete(String queue, String key) {
    long now = now();
    open.remove(new Key(queue, key));
    if (!isDone(queue, key, now)) {
      addDone(queue, key, NOBODY, now);
    }
  }

  @Override
  public synchronized void release(Claim claim) {
    Key message = key(claim);
    Lease lease = open.get(message);
    if (lease != null && lease.owner == claim.owner()) {
      open.remove(message);
    }
  }

  private static Key key(Claim claim) {
    return new Key(claim.queue(), claim.key());
  }

  private void addDone(String queue, String key, long owner, long now) {
    if (younger.size() >= maxMessages || !younger.hasRoomFor(queue, key)) {
      if (!warned && older.size() > 0) {
        warned = true;
        log.warn(
            "more than {} messages were handled within {}: the oldest are forgotten, and would be"
                + " handled again if they came again",
            younger.size(),
            window);
      }
      beginGeneration(now);
    }
    younger.put(queue, key, younger.hash(queue, key), owner, now);
  }

  private void beginGeneration(long now) {
    DoneMessages oldest = older;
    older = younger;
    younger = oldest;
    younger.clear();
    youngerSince = now;
  }

  /** Forgets what is older than the window, at the latest after two of them. */
  private void forgetOld(long now) {
    if (now - youngerSince > nanos(window)) {
      beginGeneration(now);
    }
    if (now - lastCleanup > nanos(BETWEEN_CLEANUPS)) { // claims that nobody completed
      lastCleanup = now;
      open.values().removeIf(lease -> lease.end < now - nanos(window));
    }
  }

  private long now() {
    return nanos(time.elapsed());
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : duration.toNanos();
  }
}
