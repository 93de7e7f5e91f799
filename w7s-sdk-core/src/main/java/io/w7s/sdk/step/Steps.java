package io.w7s.sdk.step;

import io.w7s.sdk.TypeRef;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.rpc.RpcRef;
import io.w7s.sdk.workflow.RunEvent;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a run of a durable workflow. Each has a name, which no other step of the run has; in
 * a loop, put what the loop counts into it. A step that is in the log does nothing and returns what
 * the log has.
 *
 * <p>A step that waits leaves the body: it throws an {@code Error} that belongs to the SDK. Do not
 * catch {@code Throwable}, and have no effects in {@code finally}. The body begins again when the
 * wait is over.
 *
 * <p>For the thread of the body only, until the body returns. Steps do not nest: an action cannot
 * use them. Every method throws
 *
 * <ul>
 *   <li>{@link StepOrderException} when the log has another step in this place;
 *   <li>{@link io.w7s.sdk.consumption.LeaseLostException} when another process has taken the run.
 *       What this one did is not in the log then, and the other one does it again;
 *   <li>{@link io.w7s.sdk.error.InvalidInputException} when the name has been used, is empty, has a
 *       control character or an unpaired surrogate, or is longer than 200 characters; or when the
 *       run has 10,000 steps already;
 *   <li>what the {@link StepLog} throws when it cannot be reached. The body should let it pass.
 * </ul>
 */
public interface Steps {

  /** Runs an action; see {@link #run(String, TypeRef, Consumer, Callable)}. */
  default <T> T run(String name, Class<T> type, Callable<? extends T> action) {
    return run(name, TypeRef.of(type), options -> {}, action);
  }

  /** Runs an action; see {@link #run(String, TypeRef, Consumer, Callable)}. */
  default <T> T run(String name, TypeRef<T> type, Callable<? extends T> action) {
    return run(name, type, options -> {}, action);
  }

  /** Runs an action; see {@link #run(String, TypeRef, Consumer, Callable)}. */
  default <T> T run(
      String name, Class<T> type, Consumer<StepOptions> options, Callable<? extends T> action) {
    return run(name, TypeRef.of(type), options, action);
  }

  /**
   * Runs an action and remembers its result. The action runs at least once, unless the options say
   * {@link StepOptions#atMostOnce}: it runs again when it failed, and when the process ended before
   * the result was in the log.
   *
   * <p>When the action throws, it runs again after a wait, as {@link StepOptions#retry} says. When
   * it throws {@link io.w7s.sdk.consumption.Retry}, the wait is the one that this asks for. It does
   * not run again when it throws {@link io.w7s.sdk.consumption.Reject}, which ends the run; nor
   * after a refusal that will not change: an {@code InvalidInputException}, a {@code
   * CodecException}, a {@code StatusException} that is not retryable, or an {@code
   * RpcFailedException} with a status from 400 to 499 other than 408, 409, 425 and 429. When it
   * throws {@code InterruptedException} because its runner closes, it is not an attempt, and
   * another process may take the run at once; in a delivery and in {@code W7sApp.runDue()}, whose
   * threads belong to others, for any reason but its timeout. Otherwise that exception is one as
   * any other.
   *
   * @param name the name of the step
   * @param type the type of the result
   * @param options changes the default options
   * @param action what is done, on the calling thread
   * @return the result as it was read back from the log's JSON: another object than that of the
   *     action, and the same value at each attempt of the body
   * @throws StepFailedException when the step has failed for good. That includes a result that is
   *     null (use {@code Optional}), that cannot be written as JSON and read back, or that has more
   *     than 65,536 bytes of JSON, unless the app has {@link StepSettings#blobs} for it
   * @throws StepInterruptedException when the step runs at most once, and its process ended, or its
   *     result is one of those that cannot be kept
   * @throws io.w7s.sdk.consumption.Reject when the action has rejected the run
   */
  <T> T run(
      String name, TypeRef<T> type, Consumer<StepOptions> options, Callable<? extends T> action);

  /** Runs an action without a result; see {@link #run(String, TypeRef, Consumer, Callable)}. */
  default void run(String name, StepAction action) {
    run(name, options -> {}, action);
  }

  /** Runs an action without a result; see {@link #run(String, TypeRef, Consumer, Callable)}. */
  void run(String name, Consumer<StepOptions> options, StepAction action);

  /** Runs steps side by side; see {@link #all(String, List)}. */
  default BranchResults all(String name, Branch<?>... branches) {
    return all(name, List.of(branches));
  }

  /**
   * Runs steps side by side, and waits until each has a result or has failed for good. Each branch
   * is a step named {@code name/branch}, with retries of its own.
   *
   * <pre>{@code
   * Branch<Reservation> stock = Branch.of("stock", Reservation.class, () -> shop.reserve(cart));
   * Branch<Rate> rate = Branch.of("rate", Rate.class, () -> rates.today());
   * BranchResults results = steps.all("prepare", stock, rate);
   * price(results.get(stock), results.get(rate));
   * }</pre>
   *
   * <p>The actions run on this thread and on those of the executor of the log's clock, {@value
   * #MAX_AT_ONCE} of a group at the same time; the others begin as those end. The order of the
   * branches counts for the log, and not the order in which they end. When the process dies,
   * branches that are in the log do not run again.
   *
   * <p>A branch that fails does not end the others. As long as one is to be tried again, the run
   * waits until it is due. Then the exception of the first branch that failed is thrown, with those
   * of the others suppressed; a {@code Reject} comes before all others. To go on without a branch,
   * catch what its action throws within it. Those that are done are undone by {@link
   * Branch#compensate}; what stands behind this call does not run.
   *
   * @param name the name of the group, which is none of another step
   * @param branches the branches; none is allowed
   * @return their results
   * @throws StepFailedException when a branch has failed for good, see {@link #run(String, TypeRef,
   *     Consumer, Callable)}
   * @throws io.w7s.sdk.consumption.Reject when the action of a branch has rejected the run
   */
  BranchResults all(String name, List<? extends Branch<?>> branches);

  /** How many branches of a group run at the same time, at most: 16. */
  int MAX_AT_ONCE = 16;

  /**
   * Says what the run does, for those who ask its handle; see {@link #status(String, double)}. The
   * part that is done is left open.
   */
  void status(String status);

  /**
   * Says what the run does and how far it is, for {@link
   * io.w7s.sdk.workflow.WorkflowHandle#progress}. It is not a step: its text may change with the
   * code, and a body that runs again says nothing until it is where it has not been before. It is
   * one write each time, so say it once for a part of the work that a person would notice. An
   * action may say it, too, on any thread until it returns.
   *
   * @param status what the run does, 1 to 200 characters
   * @param done which part of the work is done, from 0 to 1
   */
  void status(String status, double done);

  /**
   * Runs an action that writes the step itself, in a transaction of its own with whatever else it
   * writes. For logs, which offer it as {@code JdbcStepLog.inTransaction} does. It is retried as
   * any other action.
   *
   * @param action writes the record that it makes of its value; what it returns is not looked at
   * @return the value that was written, as it was read back from its JSON
   */
  <T> T runLogged(String name, TypeRef<T> type, LoggedAction<T> action);

  /**
   * An action that writes its step itself.
   *
   * @param <T> the type of the value
   */
  @FunctionalInterface
  interface LoggedAction<T> {

    /**
     * Runs.
     *
     * @param run the run whose step is to be written
     * @param record makes what is to be written of the value. The one that it made last was written
     *     when this method returns, and none when it throws
     */
    void run(HeldRun run, Function<T, StepRecord> record) throws Exception;
  }

  /**
   * Waits. The run holds no thread and no process meanwhile.
   *
   * @param name the name of the step
   * @param duration how long, of any length; one that is not positive only remembers the step
   */
  void sleep(String name, Duration duration);

  /** Waits until a moment, by the log's clock; as {@link #sleep} does. */
  void sleepUntil(String name, Instant moment);

  /**
   * Waits for an event whose name the step has; see {@link #waitForEvent(String, RunEvent,
   * Duration)}.
   */
  default <T> Optional<T> waitForEvent(RunEvent<T> event, Duration timeout) {
    return waitForEvent(event.name(), event, timeout);
  }

  /** Waits for an event; see {@link #waitForEvent(String, RunEvent, Duration)}. */
  default <T> Optional<T> waitForEvent(String name, Class<T> type, Duration timeout) {
    return waitForEvent(name, RunEvent.of(name, type), timeout);
  }

  /**
   * Waits for an event, which {@link io.w7s.sdk.workflow.WorkflowHandle#signal} gives to the run.
   * The run holds no thread and no process meanwhile.
   *
   * <pre>{@code
   * Payment payment =
   *     steps.waitForEvent(PAYMENT, ofDays(2)).orElseThrow(() -> Reject.permanently("not paid"));
   * }</pre>
   *
   * <p>Each event is taken by one step, which is then in the log, and each step takes the event
   * that came first of those with its name. An event that comes before the step is kept for it. One
   * that comes after the timeout is kept for a later step. One that comes when the time is over and
   * before the run goes on is still taken.
   *
   * @param name the name of the step
   * @param event the event
   * @param timeout how long to wait, of any length; one that is not positive only takes what is
   *     there
   * @return the value, as it was read from its JSON; empty when none came in time
   * @throws StepFailedException when the value cannot be read as the type of the event. The event
   *     is taken all the same
   */
  <T> Optional<T> waitForEvent(String name, RunEvent<T> event, Duration timeout);

  /**
   * Chooses between old code and new, for code that changes while runs are under way:
   *
   * <pre>{@code
   * if (steps.version("two warehouses", 1, 2) == 1) {
   *   steps.run("reserve", ...);                            // as it was
   * } else {
   *   steps.run("reserve in the nearest warehouse", ...);
   * }
   * }</pre>
   *
   * <p>A run that gets here for the first time, with no later step in its log, gets {@code to} and
   * keeps it. A run that was further gets {@code from}. Asking again in one run returns the same.
   *
   * @param name the name of the change
   * @param from the oldest version that the code still has
   * @param to the newest version; at least {@code from}
   * @throws StepOrderException when the run has a version that is outside of these
   */
  int version(String name, int from, int to);

  /** Registers what undoes; see {@link #compensate(String, Consumer, StepAction)}. */
  default void compensate(String name, StepAction action) {
    compensate(name, options -> {}, action);
  }

  /**
   * Registers what undoes the steps before. It runs only if the run fails or is cancelled: the
   * compensation that was registered last runs first, each as a step. When one fails for good, that
   * is noted in the error of the run, and the others run all the same.
   *
   * <p>Where a step may have had its effect although it failed, register its compensation before
   * it.
   *
   * @param name the name of the step that undoes
   * @param options changes the default options
   * @param action undoes; it runs at least once, unless the options say otherwise
   */
  void compensate(String name, Consumer<StepOptions> options, StepAction action);

  /**
   * Calls a route, with the header {@code idempotency-key}: the same for each attempt of this step,
   * and another for any other step and run. The target can tell by it that it was called before.
   *
   * @param name the name of the step
   * @param body the request body; null only for a route that takes none
   * @return the body of the response; null where there is none
   * @throws StepFailedException as {@link #run(String, TypeRef, Consumer, Callable)}
   */
  <I, O> @Nullable O call(String name, RpcRef<I, O> route, @Nullable I body);

  /**
   * Sends a message. The platform gives messages no ids, so when the process ends before the step
   * is in the log, the message is sent twice: put something into the body by which {@code once} can
   * tell that they are the same.
   *
   * @throws StepFailedException as {@link #run(String, TypeRef, Consumer, Callable)}
   */
  <T> void send(String name, QueueRef<T> queue, @Nullable T body);

  /**
   * Publishes an event, with an id that is the same for each attempt of this step, so that a
   * subscriber handles it once. An attempt fails as long as the event has not reached all of its
   * subscribers.
   *
   * @throws StepFailedException as {@link #run(String, TypeRef, Consumer, Callable)}
   */
  <T> void publish(String name, SubjectRef<T> subject, @Nullable T data);

  /**
   * Starts an instance of another workflow, with an id that is the same for each attempt of this
   * step, so that there is one instance. It does not wait for the instance.
   *
   * @return the full instance id, with which {@link io.w7s.sdk.workflow.WorkflowClient#handle}
   *     finds the instance
   * @throws StepFailedException as {@link #run(String, TypeRef, Consumer, Callable)}
   */
  <I> String start(String name, WorkflowRef<I, ?> workflow, @Nullable I payload);

  /**
   * Ends the run, and begins it anew with another payload and an empty log; for loops without end,
   * whose log would grow too long otherwise. Leaves the body.
   *
   * <pre>{@code
   * steps.sleep("until tomorrow", ofDays(1));
   * return steps.continueAs(SUBSCRIPTION, subscription.renewed());
   * }</pre>
   *
   * <p>The new run has the instance id of the old one, so all handles and signals go on with it.
   * Events that no step has taken stay for it. Its steps may have the same names: their ids, such
   * as the {@code idempotency-key}, are others. Compensations are forgotten, as at the end of a
   * run. The change is one transaction; a crash leaves the old run or the new one.
   *
   * @param workflow the workflow of this run
   * @param payload the new payload; at most 65,536 bytes as JSON, or what {@link
   *     StepSettings#blobs} takes. Null only for a workflow whose input is {@code Void}
   * @return never; the type lets a body {@code return} this
   * @throws io.w7s.sdk.error.InvalidInputException when it is another workflow, or the payload is
   *     null or too large
   * @throws io.w7s.sdk.error.CodecException when the payload cannot be written as JSON
   */
  <I, O> O continueAs(WorkflowRef<I, O> workflow, @Nullable I payload);
}
