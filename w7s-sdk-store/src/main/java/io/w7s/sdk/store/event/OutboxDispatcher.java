package io.w7s.sdk.store.event;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.store.event.OutboxRows.Attempt;
import io.w7s.sdk.store.event.OutboxRows.Claimed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims rows, has them sent, and writes down what became of them. One thread talks to the
 * database; each message is sent on another, which has no connection. So a message that takes long
 * keeps nothing from going on but its own key.
 */
final class OutboxDispatcher {

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  /** Longer than a second, with which a look now and then at other things is one query a second. */
  private static final Duration IDLE = Duration.ofMillis(1_250);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration CLOSING = Duration.ofSeconds(10);

  /** How often to look for keys whose next row nobody has let go, while there are keys at all. */
  private static final Duration KEYS = Duration.ofSeconds(1);

  /** How late a row may be committed to be seen at once. */
  private static final Duration LATE = Duration.ofSeconds(1);

  /** How often to look at everything, for what was committed later or given back. */
  private static final Duration EVERYTHING = Duration.ofSeconds(2);

  /** How soon after that a wake-up has it look at everything again. */
  private static final Duration EVERYTHING_AGAIN = Duration.ofMillis(200);

  /**
   * After a look at everything, the pause until the next one is this many times as long. On
   * PostgreSQL such a look goes through the rows that were sent, as long as any transaction is open
   * that could see them.
   */
  private static final int EVERYTHING_PAUSE = 200;

  private static final Duration LONGEST_EVERYTHING_PAUSE = Duration.ofMinutes(1);

  private static final Duration SHORTEST_HOUSEKEEPING = Duration.ofSeconds(3);
  private static final Duration HOUSEKEEPING = Duration.ofSeconds(30);

  /** How often to look for a transaction that somebody has left open, and how old it is then. */
  private static final Duration LEFT_OPEN = Duration.ofMinutes(1);

  private static final String DATA_EXCEPTION = "22";
  private static final int RESENDS = 5;
  private static final int RESENT_AT_ONCE = 1_000;

  private final OutboxRows rows;
  private final SentRows sentRows;
  private final OutboxSender sender;
  private final EventStore events;
  private final Duration lease;
  private final int atOnce;
  private final int resends;
  private final @Nullable Duration confirmWithin;

  /** Attempts that ended; an empty one wakes the thread. */
  private final BlockingQueue<Optional<Attempt>> ended = new LinkedBlockingQueue<>();

  private final AtomicBoolean isAwake = new AtomicBoolean();
  private final Map<Long, Claimed> underway = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Thread thread;
  private volatile @Nullable ExecutorService senders;

  OutboxDispatcher(
      OutboxRows rows, SentRows sentRows, OutboxSender sender, Outbox.Builder settings) {
    this.rows = rows;
    this.sentRows = sentRows;
    this.sender = sender;
    events = settings.events;
    lease = settings.lease;
    atOnce = settings.atOnce;
    resends = requireNonNullElse(settings.resends, RESENDS);
    confirmWithin = settings.confirmWithin;
  }

  synchronized void start() {
    if (isClosed()) {
      throw new IllegalStateException("the outbox is closed");
    }
    if (thread != null) {
      return;
    }
    var pool =
        new ThreadPoolExecutor(
            atOnce,
            atOnce,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> new OwnThread(task, "w7s-outbox-sender"));
    pool.allowCoreThreadTimeOut(true);
    senders = pool;
    thread = new OwnThread(this::run, "w7s-outbox");
    thread.start();
  }

  void wake() {
    if (isAwake.compareAndSet(false, true)) {
      ended.add(Optional.empty());
    }
  }

  // ---- The thread

  private void run() {
    var loop = new Loop();
    try {
      Duration pause = Duration.ZERO;
      while (!isClosed()) {
        pause = loop.turnOrPause(pause);
      }
      loop.finish();
    } catch (InterruptedException e) {
      log.debug("the outbox was interrupted");
    } finally {
      senders().shutdownNow();
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.isZero() ? Duration.ofSeconds(1) : pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  /** What one turn knows of those before it. */
  private final class Loop {

    private final List<Attempt> unwritten = new ArrayList<>();
    private long renewAt = System.nanoTime() + lease.toNanos() / 3;
    private long keysAt = System.nanoTime();
    private long houseAt = System.nanoTime();
    private long leftOpenAt = System.nanoTime() + LEFT_OPEN.toNanos();
    private long keysSeenUntil = System.nanoTime();
    private long everythingAt = System.nanoTime();
    private long everythingAgainAt = everythingAt;
    private long lastDue;

    /** Makes a turn; waits when it failed. Returns how long it waited. */
    Duration turnOrPause(Duration former) throws InterruptedException {
      try {
        turn();
        return Duration.ZERO;
      } catch (RuntimeException | Error failure) {
        Duration pause = longer(former);
        log.warn("the outbox cannot go on, next try in {}", pause, failure);
        closed.await(pause.toMillis(), TimeUnit.MILLISECONDS); // or until it is closed
        return pause;
      }
    }

    private void turn() throws InterruptedException {
      collectEnded();
      write();
      keepUp();
      // Before the look, so that who wakes it after that is not overlooked.
      if (isAwake.getAndSet(false)) {
        everythingAt = Math.min(everythingAt, everythingAgainAt);
      }
      int free = atOnce - underway.size();
      List<Claimed> claimed = free > 0 ? claim(free) : List.of();
      for (Claimed row : claimed) {
        if (row.orderKey() != null) {
          keysSeenUntil = System.nanoTime() + HOUSEKEEPING.toNanos();
        }
        lastDue = Math.max(lastDue, row.wasDue());
        begin(row);
      }
      if (claimed.size() < free || free == 0) {
        Optional<Attempt> next = ended.poll(longestWait().toNanos(), TimeUnit.NANOSECONDS);
        if (next != null) {
          next.ifPresent(unwritten::add);
        }
      }
    }

    /** Returns how long to wait for news, with leases to be renewed in time. */
    private Duration longestWait() {
      Duration renewal = lease.dividedBy(4);
      return underway.isEmpty() || IDLE.compareTo(renewal) < 0 ? IDLE : renewal;
    }

    /** Looks at everything now and then, for what was committed late or was given back. */
    private List<Claimed> claim(int limit) {
      long start = System.nanoTime();
      if (start - everythingAt < 0) {
        return rows.claim(limit, lease, Math.max(0, lastDue - LATE.toMillis()));
      }
      List<Claimed> claimed = rows.claim(limit, lease, 0);
      long end = System.nanoTime();
      long pause = Math.min((end - start) * EVERYTHING_PAUSE, LONGEST_EVERYTHING_PAUSE.toNanos());
      everythingAt = end + Math.max(pause, EVERYTHING.toNanos());
      everythingAgainAt = end + Math.max(pause, EVERYTHING_AGAIN.toNanos());
      return claimed;
    }

    private void write() {
      if (!unwritten.isEmpty()) {
        OutboxDispatcher.this.write(unwritten);
        unwritten.clear();
      }
    }

    /** Waits for what is on its way, keeping its claims, and writes it down. */
    void finish() throws InterruptedException {
      senders().shutdown();
      long end = System.nanoTime() + CLOSING.toNanos();
      boolean isDone = false;
      while (!isDone && System.nanoTime() - end < 0) {
        isDone = senders().awaitTermination(lease.toNanos() / 4, TimeUnit.NANOSECONDS);
        try {
          collectEnded();
          write();
          if (!underway.isEmpty()) {
            rows.renew(underway.values(), lease);
          }
        } catch (RuntimeException unreachable) { // then leases end, and others send it again
          log.warn("the outbox could not write down what it sent last", unreachable);
        }
      }
    }

    private void collectEnded() {
      var all = new ArrayList<Optional<Attempt>>();
      ended.drainTo(all);
      all.forEach(each -> each.ifPresent(unwritten::add));
    }

    private void keepUp() {
      long now = System.nanoTime();
      if (now - renewAt >= 0) {
        renewAt = now + lease.toNanos() / 3;
        if (!underway.isEmpty()) {
          rows.renew(underway.values(), lease);
        }
      }
      if (now - keysAt >= 0) {
        keysAt = now + (keysSeenUntil - now > 0 ? KEYS : HOUSEKEEPING).toNanos();
        rows.letWaitingGo();
      }
      if (confirmWithin != null && now - houseAt >= 0) {
        houseAt =
            now
                + Math.max(
                    SHORTEST_HOUSEKEEPING.toNanos(),
                    Math.min(confirmWithin.toNanos(), HOUSEKEEPING.toNanos()));
        resendUnconfirmed();
      }
      if (now - leftOpenAt >= 0) {
        leftOpenAt = now + LEFT_OPEN.toNanos();
        events.warnOfOpenTransaction(LEFT_OPEN);
      }
    }
  }

  private void begin(Claimed row) {
    underway.put(row.seq(), row);
    senders()
        .execute(
            () -> {
              Attempt attempt = sender.send(row);
              underway.remove(row.seq(), row);
              ended.add(Optional.of(attempt));
            });
  }

  private ExecutorService senders() {
    return requireNonNull(senders, "not started");
  }

  /** Writes down what became of attempts; one that cannot be written does not stop the others. */
  private void write(List<Attempt> attempts) {
    try {
      rows.write(attempts);
    } catch (RuntimeException failure) {
      if (attempts.size() == 1 && isItsOwnFault(failure)) {
        giveUp(attempts.get(0), failure);
      } else if (attempts.size() > 1) {
        attempts.forEach(each -> write(List.of(each)));
      } else {
        throw failure;
      }
    }
  }

  /** Returns whether a failure is due to what was to be written, and not to the database. */
  private static boolean isItsOwnFault(RuntimeException failure) {
    return !(failure instanceof StoreException)
        || (failure.getCause() instanceof SQLException refused
            && String.valueOf(refused.getSQLState()).startsWith(DATA_EXCEPTION));
  }

  private static void giveUp(Attempt attempt, RuntimeException failure) {
    log.error(
        "what became of {} cannot be written down; it is sent again after its lease",
        attempt.claim().eventId(),
        failure);
  }

  // ---- In the caller's thread

  int dispatch() {
    int made = 0;
    while (true) {
      List<Claimed> claimed = rows.claim(atOnce, lease, 0);
      if (claimed.isEmpty() && !rows.letWaitingGo()) {
        return made;
      }
      made += send(claimed);
    }
  }

  /** Sends rows one after the other, as long as their claims hold; returns how many. */
  private int send(List<Claimed> claimed) {
    var left = new ArrayDeque<>(claimed);
    var attempts = new ArrayList<Attempt>();
    int made = 0;
    long renewAt = System.nanoTime() + lease.toNanos() / 3;
    while (!left.isEmpty()) {
      attempts.add(sender.send(left.remove()));
      made++;
      if (System.nanoTime() - renewAt >= 0) {
        write(attempts);
        attempts.clear();
        left = new ArrayDeque<>(rows.renew(left, lease));
        renewAt = System.nanoTime() + lease.toNanos() / 3;
      }
    }
    if (!attempts.isEmpty()) {
      write(attempts);
    }
    return made;
  }

  int resendUnconfirmed() {
    Duration within = confirmWithin;
    if (within == null || resends == 0) {
      return 0;
    }
    int resent = 0;
    for (SentMessage message : sentRows.unconfirmed(resends - 1, RESENT_AT_ONCE)) {
      Duration next = within.multipliedBy(1L << Math.min(message.resends() + 1, 10));
      if (sentRows.resend(message, next)) {
        log.warn(
            "{} was not confirmed by {} in time and is sent again (resend {} of {})",
            message.eventId(),
            message.queue(),
            message.resends() + 1,
            resends);
        resent++;
      }
    }
    if (resent > 0) {
      wake();
    }
    return resent;
  }

  // ---- The end

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  void close() {
    Thread running;
    synchronized (this) {
      closed.countDown();
      running = thread;
    }
    wake();
    if (running == null
        || (Thread.currentThread() instanceof OwnThread own && own.owner() == this)) {
      return; // a message that closes the outbox cannot wait for its own end
    }
    try {
      running.join(CLOSING.plus(IDLE).toMillis());
      running.interrupt();
    } catch (InterruptedException e) {
      running.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private final class OwnThread extends Thread {

    OwnThread(Runnable task, String name) {
      super(task, name);
      setDaemon(true);
    }

    OutboxDispatcher owner() {
      return OutboxDispatcher.this;
    }
  }
}
