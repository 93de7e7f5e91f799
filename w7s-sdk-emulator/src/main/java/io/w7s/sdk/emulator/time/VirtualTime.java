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
 * Time that stands still until it is told to move: by {@link #advance}, {@link #runUntilIdle}, or a
 * thread that waits. Moving means running, in the order of (instant, sequence) and one at a time on
 * the calling thread, everything due on the way; while an item runs, the time is the one it was due
 * at.
 *
 * <p>One thread drives at a time: the first that advances or waits, until it is done. Reading the
 * time, drawing random numbers and scheduling are open to every thread. A thread that waits while
 * another drives is blocked until its moment has come, or until it has to drive itself.
 *
 * <p>A thread that waits for a future of another kind, such as that of {@link
 * CompletableFuture#allOf}, cannot drive itself. For such a thread a daemon thread drives; items
 * run on that one then. It looks for waiting threads only while a future of {@link #after} or
 * {@link #future} is not done. A wait that this cannot help either, such as that of an item on the
 * driving thread, fails after {@value ClockDriver#STALLED_SECONDS} real seconds, with a message
 * that names what it waits for.
 *
 * <p>An item that waits itself (a handler that sleeps) drives from within: others run inside its
 * wait, and whoever waited for an earlier moment goes on when the one inside has come back. That
 * goes {@value #DEEPEST} waits deep; a sleep deeper than that moves the clock alone, and what it
 * passes over runs late.
 *
 * <p>With {@linkplain #on a pool} the items run on its threads, those of one moment at the same
 * time; the clock moves on only when all of them are done or wait themselves. An item that finds no
 * free thread runs on one that waits, inside its wait. When all threads wait for something that the
 * clock does not know, whoever drives fails after {@value ClockDriver#STALLED_SECONDS} real
 * seconds, with a message that names them.
 */
public final class VirtualTime implements Timeline {

  /** Far below what a thread's stack holds, even with a codec and a user's handler at each. */
  static final int DEEPEST = 64;

  /** More than anybody's backlog at one moment; fewer than a hanging test would be waited for. */
  static final int MOST_AT_ONE_MOMENT = 10_000_000;

  /** Where {@link #nanosAfter} puts what is centuries away. */
  private static final long NEVER = Long.MAX_VALUE;

  /** A week of minutes in which nothing but schedules ran. */
  static final int MOST_WITHOUT_WORK = 7 * 24 * 60;

  private final Instant start;

  /** The last nanosecond that the clock can reach. */
  private final long end;

  private final SeededRandom random;
  private final Agenda agenda;
  private final ClockDriver driving;
  private final RecentItems recent = new RecentItems();
  private final WaitWatch watch = new WaitWatch(this);
  private volatile Moment moment;

  /** Of the driving thread alone. */
  private int stepsAtMoment;

  /** Both in one object: a reader sees them change together, and now() allocates nothing. */
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
    this.driving = new ClockDriver(pool);
    this.agenda = new Agenda(driving::wake, shuffled ? new SeededRandom(~seed) : null);
    this.moment = new Moment(0, start);
  }

  /** Returns time that runs what is due at the same nanosecond in an order that the seed gives. */
  public static VirtualTime shuffled(Instant start, long seed) {
    return new VirtualTime(start, seed, true, null);
  }

  /** Returns time that runs its items on a pool, which stays the caller's to close. */
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
    return driving.hasPool();
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
   * 292 years from its start, or {@link Instant#MAX} where that is nearer; it refuses to go
   * further.
   *
   * @param step zero or longer; zero runs what is due now
   * @throws InvalidInputException when the step is negative, or leads beyond the end of the clock;
   *     the clock has not moved then
   * @throws IllegalStateException when another thread drives, or when something runs again and
   *     again at one moment; the message names it
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
   * Runs everything due now, and then moves on from one due moment to the next for as long as there
   * is work: messages, retries, futures of {@link #after}. Schedules are no work, for they never
   * end: one that is due on the way runs, but the clock does not move for it.
   *
   * @param stepLimit how many items may run
   * @return how many did
   * @throws IllegalStateException when there is still work after so many; the message names what
   *     ran again and again
   */
  public int runUntilIdle(int stepLimit) {
    enter("runUntilIdle");
    try {
      for (int ran = 0; ; ran++) {
        driving.settle(() -> isDue(nanos()));
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
   * Runs what is due until the delay has passed; one that the clock cannot reach fails at once, as
   * a wait that nothing can end. Items of its last moment run before it returns when they were
   * scheduled before it was called, and later when after.
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
      throw new IllegalStateException(e); // nobody fails it
    } finally {
      wait.cancel(false);
    }
  }

  /**
   * Returns a future that completes, on the driving thread, when the clock gets there. {@code get}
   * and {@code join} on it, and on what follows from it, drive the clock as {@link #await} does.
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

  /** Drives the clock while a thread is blocked and there is work; unless another thread drives. */
  void driveFor(BooleanSupplier blocked) {
    if (!driving.tryEnter()) {
      return;
    }
    try {
      while (blocked.getAsBoolean()) {
        driving.settle(() -> isDue(nanos()));
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
   * @param what what is waited for, for the message
   * @return the future's result, as its {@code join} has it
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
      throw new AssertionError(e); // it was not asked to be interruptible
    }
    return future instanceof Wait<T> wait ? wait.joinDone() : future.join();
  }

  private void driveUntil(CompletableFuture<?> future, Object what, boolean interruptible)
      throws InterruptedException {
    if (future.isDone() || driving.waitsForDriver(future, interruptible)) {
      return;
    }
    try {
      if (driving.depth() > DEEPEST) {
        throw new IllegalStateException(
            what + " waits inside " + DEEPEST + " other waits: " + recent);
      }
      long counted = nanos();
      int withoutWork = 0;
      while (!future.isDone()) {
        driving.settle(() -> future.isDone() || isDue(nanos()));
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
              what
                  + " would wait for ever: since long ago nothing but schedules has run: "
                  + recent);
        }
        if (!runNext(Long.MAX_VALUE)) {
          throw new IllegalStateException(
              what + " would wait for ever: at " + now() + " nothing is due that could end it");
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
      driving.settle(() -> isDue(nanos()));
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
    driving.run(item);
    return true;
  }

  private boolean isDue(long now) {
    OptionalLong next = agenda.nextDue();
    return next.isPresent() && next.getAsLong() <= now;
  }

  /** Never back: an item that waited may have moved the clock further than its caller meant to. */
  private void moveTo(long nanos) {
    if (nanos > moment.nanos) {
      moment = new Moment(nanos, start.plusNanos(nanos));
      stepsAtMoment = 0;
    }
  }

  private void enter(String what) {
    driving.enter(what);
  }

  private void exit() {
    if (driving.exit()) {
      recent.clear(); // an item may hold a test's world
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

    /** A wait that is too deep moves the clock alone. */
    @Override
    @SuppressWarnings("NullAway") // a Void is never anything else
    public Void get() throws InterruptedException, ExecutionException {
      if (!isDone() && driving.depth() >= DEEPEST && driving.isMine()) {
        moveTo(Math.min(due, end));
        complete(null);
      }
      return super.get();
    }
  }

  /** A future whose waiting thread drives. */
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

    /** Waits for so long by this clock, which it drives; no real time passes. */
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

    /** Counts the time by this clock. */
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

    /** Counts the time by this clock. */
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
