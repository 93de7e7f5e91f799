package io.w7s.sdk.app;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.HeldRun;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
 * <p>An app that is not always on calls {@link W7sApp#runDue()} from a schedule instead.
 */
public final class WorkflowRunner implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WorkflowRunner.class);

  /** How often the log is asked by default: once a second. */
  public static final Duration DEFAULT_POLL = Duration.ofSeconds(1);

  /** How many bodies run at the same time by default: 10. */
  public static final int DEFAULT_CONCURRENCY = 10;

  private final AppContext context;
  private final DurableRuns runs;
  private final TimeSource time;
  private final int concurrency;
  private final @Nullable Duration poll;
  private final Runnable wake = this::wake;

  private int running;
  private boolean looking;
  private boolean lookAgain;
  private boolean closed;
  private @Nullable CompletableFuture<Void> timer;

  private WorkflowRunner(Builder settings, AppContext context) {
    this.context = context;
    this.runs = context.durableRuns();
    this.time = runs.log().time();
    this.concurrency = settings.concurrency;
    this.poll = settings.poll;
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
    lookAfter(Duration.ZERO);
  }

  private synchronized void lookAfter(Duration delay) {
    if (closed) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    timer = time.after(delay);
    timer.thenRunAsync(this::look, time.executor());
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
    Duration next = poll;
    boolean again = true;
    while (again) {
      next = startDue();
      synchronized (this) {
        again = lookAgain;
        lookAgain = false;
        looking = again;
      }
    }
    if (next != null) {
      lookAfter(next);
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
          Duration until = runs.untilDue().orElse(poll);
          return poll == null || (until != null && until.compareTo(poll) < 0) ? until : poll;
        }
        HeldRun held = due.get();
        time.executor().execute(() -> goOn(held));
      }
      return poll; // one that ends looks again
    } catch (Throwable unreachable) { // an Error, too: a runner never stops by itself
      log.warn("the log of the runs of {} cannot be read", context.app(), unreachable);
      return poll == null ? DEFAULT_POLL : poll;
    }
  }

  private synchronized boolean begin() {
    if (closed || running >= concurrency) {
      return false;
    }
    running++;
    return true;
  }

  private synchronized void end() {
    running--;
  }

  private void goOn(HeldRun held) {
    try {
      runs.goOn(held, context);
    } finally {
      end();
      wake();
    }
  }

  /**
   * Stops taking runs. Bodies that run go on; if the process ends before they do, others take their
   * runs up when the leases end.
   */
  @Override
  public void close() {
    runs.removeListener(wake);
    synchronized (this) {
      closed = true;
      if (timer != null) {
        timer.cancel(false);
      }
    }
  }
}
