package io.w7s.sdk.emulator.time;

import io.w7s.sdk.error.InvalidInputException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Time that moves only when {@link #advance} or {@link #runUntilIdle} is called, or when a thread
 * waits. When it moves, all items that are due on the way run on the calling thread, one after the
 * other, in the order of (instant, sequence). While an item runs, the time is the one at which the
 * item was due.
 *
 * <p>One thread drives at a time: the first that advances or waits, until it is done. Any thread
 * can read the time, draw random numbers and schedule items. A thread that waits while another
 * drives is blocked until its wait is over, or until it has to drive itself.
 *
 * <p>A thread that waits for a future of another kind, such as that of {@link
 * CompletableFuture#allOf}, cannot drive itself. A daemon thread drives for it, and items then run
 * on that daemon thread. The daemon thread looks for waiting threads only while a future of {@link
 * #after} or {@link #future} is not done. A wait that still cannot end, such as that of an item on
 * the driving thread, fails after {@value ClockDriver#STALLED_SECONDS} real seconds, with a message
 * that names what it waits for.
 *
 * <p>When an item waits, for example a handler that sleeps, other items run inside its wait. When
 * such an inner item waits, too, the outer wait ends only after the inner one, even if its time
 * comes first. Waits can be {@value #DEEPEST} deep. A deeper sleep only moves the clock, and the
 * items that it passes over run late.
 *
 * <p>With {@linkplain #on a pool} the items run on the threads of the pool, those of one moment at
 * the same time. The clock moves on only when all of them have ended or wait. When no thread is
 * free, an item runs inside the wait of a thread that waits. When all threads wait for something
 * that the clock does not know, the driving thread fails after {@value ClockDriver#STALLED_SECONDS}
 * real seconds, with a message that names them.
 */
public final class VirtualTime implements Timeline {

  /** A thread's stack holds many more, even with a codec and a user's handler in each. */
  static final int DEEPEST = 64;

  /** More than any test has due at one moment, and still reached within seconds. */
  static final int MOST_AT_ONE_MOMENT = 10_000_000;

  /** The result of {@link #nanosAfter} for delays of centuries. */
  private static final long NEVER = Long.MAX_VALUE;

  /** A week of minutes in which nothing but schedules ran. */
  static final int MOST_WITHOUT_WORK = 7 * 24 * 60;

  private final Instant start;

  /** The last nanosecond that the clock can reach. */
  private final long end;

  private final SeededRandom random;
  private final Agenda agenda;
  private final ClockDriver driver;
  private final RecentItems recent = new RecentItems();
  private final WaitWatch watch = new WaitWatch(this);
  private volatile Moment moment;

  /** Used by the driving thread only. */
  private int stepsAtMoment;

  /** In one object, so that both change together for readers, and now() allocates nothing. */
  private record Moment(long nanos, Instant instant) {}

  /**
   * Starts at an instant, and with a seed for its random numbers: they are the same for the same
   * seed, on every JDK.
   */
  public VirtualTime(Instant start, long seed) {
    this(start, seed, false, null);
  }

  private VirtualTime(Instant start, long seed, boolean shuffled, @Nullable Executor pool) {
    this.start = start;
    this.end = Math.min(Timeline.later(0, Duration.between(start, Instant.MAX)), NEVER - 1);
    this.random = new SeededRandom(seed);
    this.driver = new ClockDriver(pool);
    this.agenda = new Agenda(driver::wake, shuffled ? new SeededRandom(~seed) : null);
    this.moment = new Moment(0, start);
  }

  /** Returns time that orders the items of one nanosecond by random numbers of the seed. */
  public static VirtualTime shuffled(Instant start, long seed) {
    return new VirtualTime(start, seed, true, null);
  }

  /** Returns time that runs its items on a pool, which the caller closes. */
  public static VirtualTime on(Executor pool, Instant start, long seed) {
    return new VirtualTime(start, seed, false, pool);
  }

  @Override
  public Instant now() {
    return moment.instant;
  }

  @Override
  public Duration elapsed() {
    return Duration.ofNanos(moment.nanos);
  }

  @Override
  public long nanos() {
    return moment.nanos;
  }

  @Override
  public Agenda agenda() {
    return agenda;
  }

  @Override
  public boolean handsOver() {
    return driver.hasPool();
  }

  @Override
  public boolean clockMayJump() {
    return false;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  /**
   * Returns when the first item is due; empty when there is none, or none that the clock can reach.
   */
  public Optional<Instant> nextDue() {
    OptionalLong next = agenda.nextDue();
    return next.isEmpty() || next.getAsLong() > end
        ? Optional.empty()
        : Optional.of(start.plusNanos(next.getAsLong()));
  }

  /**
   * Moves the clock on, and runs everything due up to and including the new time. The clock reaches
   * 292 years from its start, but at most {@link Instant#MAX}.
   *
   * @param step zero or longer; zero runs what is due now
   * @throws InvalidInputException when the step is negative, or leads beyond the end of the clock;
   *     the clock does not move then
   * @throws IllegalStateException when another thread drives, or when items run endlessly at one
   *     moment; the message names them
   */
  public void advance(Duration step) {
    if (step.isNegative()) {
      throw new InvalidInputException("advance", step.toString(), "zero or longer");
    }
    enter("advance");
    try {
      long target = nanosAfter(step);
      if (target > end) {
        throw new InvalidInputException(
            "advance",
            step.toString(),
            "a step that ends at or before "
                + start.plusNanos(end)
                + ", where this clock ends; it is "
                + now());
      }
      while (runNext(target)) {
        // until nothing is left that is due
      }
      moveTo(target);
    } finally {
      exit();
    }
  }

  /**
   * Moves the clock on to an instant, as {@link #advance} does.
   *
   * @param instant now or later
   * @throws InvalidInputException when it has passed, or is beyond the end of the clock
   */
  public void advanceTo(Instant instant) {
    Instant now = now();
    if (instant.isBefore(now)) {
      throw new InvalidInputException("advance to", instant.toString(), "at or after " + now);
    }
    advance(Duration.between(now, instant));
  }

  /**
   * Runs everything that is due now, and then moves on to the next due moments as long as there is
   * work: messages, retries, futures of {@link #after}. Schedules are not work, because they never
   * end. A schedule that is due on the way runs, but the clock does not move for it.
   *
   * @param stepLimit how many items may run
   * @return how many items ran
   * @throws IllegalStateException when there is still work after that number of items; the message
   *     names the items that ran most recently
   */
  public int runUntilIdle(int stepLimit) {
    enter("runUntilIdle");
    try {
      for (int ran = 0; ; ran++) {
        driver.settle(() -> isDue(nanos()));
        if (!agenda.hasWork() && !isDue(nanos())) {
          return ran;
        }
        if (ran >= stepLimit) {
          throw new IllegalStateException(
              "not idle after " + stepLimit + " steps, at " + now() + ": " + recent);
        }
        runNext(Long.MAX_VALUE);
      }
    } finally {
      exit();
    }
  }

  /**
   * Runs the items that are due until the delay has passed. A delay beyond the end of the clock
   * fails at once, because the wait could never end. Of the items due at its last moment, those
   * that were scheduled before this call run before it returns, the others later.
   */
  @Override
  public void sleep(Duration delay) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("before sleeping " + delay);
    }
    CompletableFuture<Void> wait = delay(delay);
    try {
      wait.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // it is never completed with a failure
    } finally {
      wait.cancel(false);
    }
  }

  /**
   * Returns a future that completes, on the driving thread, when the clock gets there. {@code get}
   * and {@code join} on it, and on futures derived from it, drive the clock as {@link #await} does.
   */
  @Override
  public CompletableFuture<Void> after(Duration delay) {
    CompletableFuture<Void> wait = delay(delay);
    if (!wait.isDone()) {
      watch.add(wait, wait);
    }
    return wait;
  }

  private CompletableFuture<Void> delay(Duration delay) {
    var wait = new Delay(delay);
    var item = new Completion(wait);
    agenda.schedule(item, wait.due);
    wait.whenComplete((done, failure) -> agenda.cancel(item));
    return wait;
  }

  /** Returns a future whose {@code get} and {@code join} drive the clock as {@link #await} does. */
  @Override
  public <T> CompletableFuture<T> future(Object what) {
    var wait = new Wait<T>(what);
    watch.add(wait, what);
    return wait;
  }

  /** Drives the clock while a thread is blocked and there is work, unless another thread drives. */
  void driveFor(BooleanSupplier blocked) {
    if (!driver.tryEnter()) {
      return;
    }
    try {
      while (blocked.getAsBoolean()) {
        driver.settle(() -> isDue(nanos()));
        boolean goesOn = blocked.getAsBoolean() && (agenda.hasWork() || isDue(nanos()));
        if (!goesOn || !runNext(end)) {
          return;
        }
      }
    } finally {
      exit();
    }
  }

  /**
   * Drives the clock, schedules included, until a future is done. While another thread drives, it
   * only waits.
   *
   * @param what names the future in messages
   * @return the future's result, as {@code join} returns it
   * @throws IllegalStateException at once when nothing is due that could complete it, or when
   *     nothing but schedules has run at {@value #MOST_WITHOUT_WORK} moments in turn
   */
  public <T> T await(CompletableFuture<T> future, String what) {
    return joined(future, what);
  }

  private <T> T joined(CompletableFuture<T> future, Object what) {
    try {
      driveUntil(future, what, false);
    } catch (InterruptedException e) {
      throw new AssertionError(e); // this wait is not interruptible
    }
    return future instanceof Wait<T> wait ? wait.joinDone() : future.join();
  }

  private void driveUntil(CompletableFuture<?> future, Object what, boolean interruptible)
      throws InterruptedException {
    if (future instanceof Delay delay && !future.isDone() && delay.due > end) {
      throw new IllegalStateException(
          what + " would wait forever: this clock ends at " + start.plusNanos(end));
    }
    if (future.isDone() || driver.waitsForDriver(future, interruptible)) {
      return;
    }
    try {
      if (driver.depth() > DEEPEST) {
        throw new IllegalStateException(
            what + " waits inside " + DEEPEST + " other waits: " + recent);
      }
      long counted = nanos();
      int withoutWork = 0;
      while (!future.isDone()) {
        driver.settle(() -> future.isDone() || isDue(nanos()));
        if (future.isDone()) {
          return;
        }
        if (agenda.hasWork()) {
          withoutWork = 0;
        } else if (nanos() != counted) {
          counted = nanos();
          withoutWork++;
        }
        if (withoutWork > MOST_WITHOUT_WORK) {
          throw new IllegalStateException(
              what + " would wait forever: only schedules have run recently: " + recent);
        }
        if (!runNext(Long.MAX_VALUE)) {
          throw new IllegalStateException(
              what + " would wait forever: at " + now() + " nothing is due that could end it");
        }
      }
    } finally {
      exit();
    }
  }

  /** Runs the first item if it is due by then. Returns whether there was one. */
  private boolean runNext(long target) {
    Agenda.Item item = agenda.takeDue(nanos());
    while (item == null) {
      driver.settle(() -> isDue(nanos()));
      OptionalLong next = agenda.nextDue();
      if (next.isEmpty() || next.getAsLong() > Math.min(target, end)) {
        return false;
      }
      moveTo(next.getAsLong());
      item = agenda.takeDue(nanos());
    }
    if (++stepsAtMoment > MOST_AT_ONE_MOMENT) {
      agenda.schedule(item, nanos());
      throw new IllegalStateException(
          MOST_AT_ONE_MOMENT + " steps and still at " + now() + ": " + recent);
    }
    recent.add(item);
    driver.run(item);
    return true;
  }

  private boolean isDue(long now) {
    OptionalLong next = agenda.nextDue();
    return next.isPresent() && next.getAsLong() <= now;
  }

  /** Never moves back: an item that waited may have moved the clock further than its caller. */
  private void moveTo(long nanos) {
    if (nanos > moment.nanos) {
      moment = new Moment(nanos, start.plusNanos(nanos));
      stepsAtMoment = 0;
    }
  }

  private void enter(String what) {
    driver.enter(what);
  }

  private void exit() {
    if (driver.exit()) {
      recent.clear(); // an item may keep the objects of a test alive
      stepsAtMoment = 0;
    }
  }

  private static String text(long timeout, TimeUnit unit) {
    return Duration.ofNanos(unit.toNanos(timeout)).toString();
  }

  private static Duration nonNegative(Duration delay) {
    return delay.isNegative() ? Duration.ZERO : delay;
  }

  /** Completes a wait when it is due. */
  private static final class Completion extends Agenda.Item {

    private final Wait<Void> wait;

    Completion(Wait<Void> wait) {
      super(true);
      this.wait = wait;
    }

    @Override
    @SuppressWarnings("NullAway") // a Void is never anything else
    protected void run() {
      wait.complete(null);
    }

    @Override
    public String toString() {
      return wait.toString();
    }
  }

  /** The end of a delay. */
  private final class Delay extends Wait<Void> {

    private final long due;

    Delay(Duration delay) {
      super("after " + delay);
      this.due = nanosAfter(nonNegative(delay));
    }

    /** A wait that is too deep only moves the clock. */
    @Override
    @SuppressWarnings("NullAway") // a Void is never anything else
    public Void get() throws InterruptedException, ExecutionException {
      if (!isDone() && driver.depth() >= DEEPEST && driver.isMine()) {
        moveTo(Math.min(due, end));
        complete(null);
      }
      return super.get();
    }
  }

  /** A future that drives the clock while a thread waits for it. */
  private class Wait<T> extends CompletableFuture<T> {

    private final Object what;

    Wait(Object what) {
      this.what = what;
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
      driveUntil(this, what, true);
      return super.get();
    }

    /** Drives the clock for at most this time; no real time passes. */
    @Override
    public T get(long timeout, TimeUnit unit)
        throws InterruptedException, ExecutionException, TimeoutException {
      if (timeout > 0 && !isDone()) {
        var either = new Wait<Object>(what);
        CompletableFuture<Void> limit = delay(Duration.ofNanos(unit.toNanos(timeout)));
        whenComplete((done, failure) -> either.complete(limit));
        limit.whenComplete((done, failure) -> either.complete(limit));
        try {
          driveUntil(either, what, true);
        } finally {
          limit.cancel(false);
        }
        if (!isDone()) {
          throw new TimeoutException(
              what + " did not end within " + text(timeout, unit) + " of virtual time");
        }
      }
      return super.get(0, unit);
    }

    @Override
    public T join() {
      return joined(this, what);
    }

    /** Measures the time with this clock. */
    @Override
    public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
      return whenPassed(
          timeout,
          unit,
          () ->
              completeExceptionally(
                  new TimeoutException(
                      what + " did not end within " + text(timeout, unit) + " of virtual time")));
    }

    /** Measures the time with this clock. */
    @Override
    public CompletableFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
      return whenPassed(timeout, unit, () -> complete(value));
    }

    private CompletableFuture<T> whenPassed(long timeout, TimeUnit unit, Runnable action) {
      if (!isDone()) {
        CompletableFuture<Void> limit = after(Duration.ofNanos(unit.toNanos(timeout)));
        limit.thenRun(action);
        whenComplete((done, failure) -> limit.cancel(false));
      }
      return this;
    }

    T joinDone() {
      return super.join();
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new Wait<>(what);
    }

    @Override
    public String toString() {
      return what.toString();
    }
  }
}
