package io.w7s.sdk.app;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.HeldRun;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes on with the runs of an app's durable workflows when they are due: after a wait, before the
 * retry of a step, and when the process that held them has died. Each process of the app has one;
 * they need not know of each other. Thread-safe.
 *
 * <pre>{@code
 * try (var runner = WorkflowRunner.start(app)) {
 *   server.join();
 * }
 * }</pre>
 *
 * <p>It asks the log once a second, and when a run is due that it knows of. So a run that its
 * process has left behind is taken up within its lease and a second. Bodies run on {@link
 * TimeSource#executor()} of the log's clock. {@code InMemoryW7s} has one for each app that is
 * deployed to it; do not start another there.
 *
 * <p>A run that was left by two processes, without a new step, may be what ended them. From then on
 * it begins when no other runs in this runner, and for the time of a lease none begins beside it,
 * so that only the one that ends its processes is {@linkplain
 * io.w7s.sdk.step.StepSettings#maxTakeovers given up} in the end. It waits for others no longer
 * than a lease.
 *
 * <p>An app that is not always on calls {@link W7sApp#runDue()} from a schedule instead.
 */
public final class WorkflowRunner implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WorkflowRunner.class);

  /** How often the log is asked by default: once a second. */
  public static final Duration DEFAULT_POLL = Duration.ofSeconds(1);

  /** How many bodies run at the same time by default: 10. */
  public static final int DEFAULT_CONCURRENCY = 10;

  /** How long {@link #close} waits for the bodies that run, by default: 10 seconds. */
  public static final Duration DEFAULT_DRAIN = Duration.ofSeconds(10);

  /** How long a run is left that is due and cannot be taken: another process has locked its row. */
  private static final Duration WHILE_LOCKED = Duration.ofMillis(100);

  /** From the takeover of this number on a run runs alone. */
  private static final int TAKEOVER_ALONE = 2;

  private final AppContext context;
  private final DurableRuns runs;
  private final TimeSource time;
  private final int concurrency;
  private final @Nullable Duration poll;
  private final Duration drain;
  private final Runnable wake = this::wake;

  private int running;

  /** Until when no other run may begin beside the one that runs; null when it may. */
  private @Nullable Duration aloneUntil;

  /** Since when a run that is to run alone waits for others to end; null when none does. */
  private @Nullable Duration waitsSince;

  private boolean looking;
  private boolean lookAgain;
  private boolean closed;
  private boolean interrupting;
  private @Nullable CompletableFuture<Void> timer;

  /** The threads of the bodies that run. */
  private final Set<Thread> threads = new HashSet<>();

  /** Completes when the last body ends after the runner was closed. */
  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  private WorkflowRunner(Builder settings, AppContext context) {
    this.context = context;
    this.runs = context.durableRuns();
    this.time = runs.log().time();
    this.concurrency = settings.concurrency;
    this.poll = settings.poll;
    this.drain = settings.drain;
  }

  /**
   * Starts a runner with the defaults.
   *
   * @throws InvalidInputException when the app has no durable workflow
   */
  public static WorkflowRunner start(W7sApp app) {
    return builder(app).start();
  }

  /** Begins a runner. */
  public static Builder builder(W7sApp app) {
    return new Builder(app);
  }

  /** Sets up a runner. Not thread-safe. */
  public static final class Builder {

    private final W7sApp app;
    private @Nullable Duration poll = DEFAULT_POLL;
    private int concurrency = DEFAULT_CONCURRENCY;
    private Duration drain = DEFAULT_DRAIN;

    private Builder(W7sApp app) {
      this.app = app;
    }

    /**
     * Sets how often the log is asked for runs of which this process does not know. Default {@link
     * #DEFAULT_POLL}.
     *
     * @throws InvalidInputException when it is not positive
     */
    public Builder poll(Duration poll) {
      if (poll.isNegative() || poll.isZero()) {
        throw new InvalidInputException("poll", poll.toString(), "positive");
      }
      this.poll = poll;
      return this;
    }

    /**
     * Has the runner look only after this app has started or left a run, and when a run is due
     * then. For a log that no other process uses.
     */
    public Builder withoutPoll() {
      poll = null;
      return this;
    }

    /**
     * Sets how many bodies run at the same time. Default {@link #DEFAULT_CONCURRENCY}.
     *
     * @throws InvalidInputException when it is less than 1
     */
    public Builder concurrency(int concurrency) {
      if (concurrency < 1) {
        throw new InvalidInputException("concurrency", String.valueOf(concurrency), "at least 1");
      }
      this.concurrency = concurrency;
      return this;
    }

    /**
     * Sets how long {@link WorkflowRunner#close} waits for the bodies that run, by the log's clock.
     * Default {@link #DEFAULT_DRAIN}.
     *
     * @param drain how long; zero not to wait
     * @throws InvalidInputException when it is negative
     */
    public Builder drain(Duration drain) {
      if (drain.isNegative()) {
        throw new InvalidInputException("drain", drain.toString(), "not negative");
      }
      this.drain = drain;
      return this;
    }

    /**
     * Starts the runner.
     *
     * @throws InvalidInputException when the app has no durable workflow
     */
    public WorkflowRunner start() {
      var runner = new WorkflowRunner(this, app.context());
      runner.runs.addListener(runner.wake);
      runner.wake();
      return runner;
    }
  }

  /** Looks for runs that are due, soon and on another thread. */
  private void wake() {
    synchronized (this) {
      if (looking) {
        lookAgain = true;
        return;
      }
    }
    lookAfter(Duration.ZERO);
  }

  private synchronized void lookAfter(Duration delay) {
    if (closed) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    CompletableFuture<Void> next = time.after(delay);
    timer = next;
    next.thenRunAsync(this::look, time.executor())
        .exceptionally(
            noThread -> {
              if (!next.isCancelled()) {
                lookAfterFailure(noThread);
              }
              return null;
            });
  }

  private void lookAfterFailure(Throwable failure) {
    log.warn("{} could not look for what is due", this, failure);
    lookAfter(pollAfterFailure());
  }

  private Duration pollAfterFailure() {
    return poll == null ? DEFAULT_POLL : poll;
  }

  /** Starts what is due. One thread looks at a time, so that of two none looks in vain. */
  private void look() {
    synchronized (this) {
      if (looking) {
        lookAgain = true;
        return;
      }
      looking = true;
    }
    boolean again = true;
    while (again) {
      Duration next = startDue();
      synchronized (this) {
        again = lookAgain;
        lookAgain = false;
        looking = again;
        if (!again && next != null) {
          lookAfter(next); // here, so that it takes the place of no wake-up
        }
      }
    }
  }

  /** Starts what is due; returns when to look again, null for not before something changes. */
  private @Nullable Duration startDue() {
    try {
      while (begin()) {
        Optional<HeldRun> due = Optional.empty();
        try {
          due = runs.takeDue();
        } finally {
          if (due.isEmpty()) {
            end();
          }
        }
        if (due.isEmpty()) {
          return untilDue();
        }
        HeldRun held = due.get();
        if (!mayBegin(held)) {
          end();
          runs.giveBack(held);
          return next();
        }
        start(held);
      }
      return next(); // one that ends looks again
    } catch (Throwable unreachable) { // an Error, too: a runner never stops by itself
      log.warn("{} could not go on with what is due", this, unreachable);
      return pollAfterFailure();
    }
  }

  /** Returns when to look again though nothing has changed; null for not at all. */
  private synchronized @Nullable Duration next() {
    return poll == null && (aloneUntil != null || waitsSince != null) ? runs.lease() : poll;
  }

  /** Returns when to look again after there was nothing to take. */
  private @Nullable Duration untilDue() {
    Duration until = runs.untilDue().orElse(poll);
    if (until != null && until.isZero()) {
      until = WHILE_LOCKED;
    }
    return poll == null || (until != null && until.compareTo(poll) < 0) ? until : poll;
  }

  private void start(HeldRun held) {
    try {
      time.executor().execute(() -> goOn(held));
    } catch (Throwable noThread) {
      end();
      runs.giveBack(held);
      throw noThread;
    }
  }

  private synchronized boolean begin() {
    boolean alone = aloneUntil != null && time.elapsed().compareTo(aloneUntil) < 0;
    if (closed || alone || running >= concurrency) {
      return false;
    }
    running++;
    return true;
  }

  /** Returns whether a run that was taken may run beside those that do. */
  private synchronized boolean mayBegin(HeldRun held) {
    if (held.takeovers() < TAKEOVER_ALONE || held.takeovers() >= runs.maxTakeovers()) {
      return true;
    }
    Duration now = time.elapsed();
    if (running > 1) {
      waitsSince = waitsSince == null ? now : waitsSince;
      if (now.minus(waitsSince).compareTo(runs.lease()) < 0) {
        return false;
      }
    }
    waitsSince = null;
    aloneUntil = now.plus(runs.lease());
    return true;
  }

  private synchronized void end() {
    running--;
    if (running == 0) {
      aloneUntil = null;
    }
    if (closed && running == 0) {
      drained.complete(null);
    }
  }

  private void goOn(HeldRun held) {
    try {
      if (enter()) {
        runs.goOn(held, context, this::isInterrupting);
      } else { // the runner was closed meanwhile
        runs.giveBack(held);
      }
    } finally {
      leave();
      end();
      wake();
    }
  }

  private synchronized boolean isInterrupting() {
    return interrupting;
  }

  private synchronized boolean enter() {
    if (interrupting) {
      return false;
    }
    return threads.add(Thread.currentThread());
  }

  /** After this the thread is not interrupted any more. */
  private synchronized void leave() {
    threads.remove(Thread.currentThread());
    if (interrupting) {
      Thread.interrupted();
    }
  }

  /**
   * Stops taking runs, at once and also while it waits for one to be due, and waits for the bodies
   * that run, as long as {@link Builder#drain} says. Then it interrupts those that still run, and
   * does not wait for them: an action that throws {@code InterruptedException} leaves its run to
   * another process at once. Runs that are left in another way, because the process ends, are taken
   * up when their leases end.
   *
   * <p>When the thread is interrupted, it waits no longer. A body that closes its own runner is not
   * waited for.
   */
  @Override
  public void close() {
    runs.removeListener(wake);
    synchronized (this) {
      closed = true;
      if (timer != null) {
        timer.cancel(false);
      }
      if (running == 0) {
        drained.complete(null);
      }
      if (threads.contains(Thread.currentThread())) {
        return;
      }
    }
    awaitDrained();
    synchronized (this) {
      interrupting = true;
      threads.forEach(Thread::interrupt);
    }
  }

  private void awaitDrained() {
    if (drain.isZero() || drained.isDone()) {
      return;
    }
    CompletableFuture<Void> limit = time.after(drain);
    try {
      CompletableFuture.anyOf(drained, limit).get();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException broken) { // the timer; then nothing is waited for
      log.warn("{} could not wait for its bodies", this, broken.getCause());
    } finally {
      limit.cancel(false);
    }
  }

  /** Returns the app. */
  @Override
  public String toString() {
    return "WorkflowRunner[" + context.app() + "]";
  }
}
