package io.w7s.sdk.testing;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong: what, to which traffic, and how often. It strikes all traffic each
 * time unless something else is said. Immutable.
 *
 * <pre>{@code
 * w7s.faults().add(Fault.refuse(429).retryAfter(ofSeconds(30)).onQueue(JOBS).times(2));
 * w7s.faults().add(Fault.answerLost().onApp("acme/worker").withProbability(0.1));
 * w7s.faults().add(Fault.failHandler(500).onQueue(JOBS).every(3));
 * }</pre>
 */
public final class Fault {

  private static final int UNLIMITED = Integer.MAX_VALUE;
  private static final int LOWEST_STATUS = 300;
  private static final int HIGHEST_STATUS = 599;

  private final Phase phase;
  private final Effect effect;
  private final FaultTarget traffic;
  private final int every;
  private final int times;
  private final double probability;

  private Fault(
      Phase phase, Effect effect, FaultTarget traffic, int every, int times, double probability) {
    this.phase = phase;
    this.effect = effect;
    this.traffic = traffic;
    this.every = every;
    this.times = times;
    this.probability = probability;
  }

  private static Fault of(Phase phase, Effect effect) {
    return new Fault(phase, effect, FaultTarget.ALL, 1, UNLIMITED, 1);
  }

  /** Where on its way something goes wrong. */
  public enum Phase {
    /** A call has left its caller and not reached the platform. */
    BEFORE_PLATFORM,
    /** The platform has done what a call asks, and its caller does not know yet. */
    AFTER_PLATFORM,
    /** A message was taken and is not on its queue yet. */
    BEFORE_QUEUE,
    /** A request of the platform has not reached the app's handler. */
    BEFORE_HANDLER,
    /** The handler is done, and the platform does not know yet. */
    AFTER_HANDLER;

    /** Returns the phase in words, such as {@code before platform}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** What goes wrong. */
  public sealed interface Effect {

    /**
     * The answer is a refusal.
     *
     * @param status the HTTP status
     * @param retryAfter how long the caller is asked to wait; null when nothing is said of it
     */
    record Refused(int status, @Nullable Duration retryAfter) implements Effect {
      @Override
      public String toString() {
        return "refused with " + status + (retryAfter == null ? "" : ", retry after " + retryAfter);
      }
    }

    /**
     * No answer comes.
     *
     * @param mayHaveBeenDelivered false only when it is certain that the request did not get there
     */
    record NoResponse(boolean mayHaveBeenDelivered) implements Effect {
      @Override
      public String toString() {
        return mayHaveBeenDelivered ? "lost" : "unreachable";
      }
    }

    /**
     * It takes longer, on the virtual clock.
     *
     * @param by how much
     */
    record Slow(Duration by) implements Effect {
      @Override
      public String toString() {
        return "slower by " + by;
      }
    }

    /** The message is lost. */
    record Dropped() implements Effect {
      @Override
      public String toString() {
        return "dropped";
      }
    }

    /** The message comes twice. */
    record Doubled() implements Effect {
      @Override
      public String toString() {
        return "doubled";
      }
    }

    /**
     * The message is held back for a time that the seed gives, so that others overtake it.
     *
     * @param most how long at most
     */
    record HeldBack(Duration most) implements Effect {
      @Override
      public String toString() {
        return "held back for up to " + most;
      }
    }

    /**
     * The platform sees this status in place of the handler's answer.
     *
     * @param status the HTTP status
     */
    record Failed(int status) implements Effect {
      @Override
      public String toString() {
        return "failed with " + status;
      }
    }
  }

  /**
   * The platform refuses the call with a status, 300 to 599, and does nothing of what it asks.
   *
   * @throws InvalidInputException when the status is out of range
   */
  public static Fault refuse(int status) {
    return of(Phase.BEFORE_PLATFORM, new Effect.Refused(checked(status), null));
  }

  /**
   * Says with a refusal how long the caller is to wait; not negative.
   *
   * @throws InvalidInputException when this is no refusal
   */
  public Fault retryAfter(Duration wait) {
    if (effect instanceof Effect.Refused refused && !wait.isNegative()) {
      Effect with = new Effect.Refused(refused.status(), wait);
      return new Fault(phase, with, traffic, every, times, probability);
    }
    throw new InvalidInputException(
        "retry after", wait + " for " + effect, "for a refusal, not negative");
  }

  /** The platform cannot be reached: the call is certain not to be delivered. */
  public static Fault unreachable() {
    return of(Phase.BEFORE_PLATFORM, new Effect.NoResponse(false));
  }

  /** The call is lost on its way, which its caller cannot tell from a lost answer. */
  public static Fault requestLost() {
    return of(Phase.BEFORE_PLATFORM, new Effect.NoResponse(true));
  }

  /** The platform does what the call asks, and its answer is lost. */
  public static Fault answerLost() {
    return of(Phase.AFTER_PLATFORM, new Effect.NoResponse(true));
  }

  /**
   * The call takes longer to reach the platform, on the virtual clock. One that has no time left
   * does not reach it at all.
   */
  public static Fault slow(Duration by) {
    return of(Phase.BEFORE_PLATFORM, new Effect.Slow(checked(by)));
  }

  /**
   * The platform's answer takes longer to reach the caller. What was asked is done, even if the
   * caller has given up by then.
   */
  public static Fault slowAnswer(Duration by) {
    return of(Phase.AFTER_PLATFORM, new Effect.Slow(checked(by)));
  }

  /** A message that was taken is lost before it is on its queue. */
  public static Fault dropMessage() {
    return of(Phase.BEFORE_QUEUE, new Effect.Dropped());
  }

  /** A message that was taken comes to its queue twice, with one id. */
  public static Fault doubleMessage() {
    return of(Phase.BEFORE_QUEUE, new Effect.Doubled());
  }

  /** A message is held back for a time up to this, so that others overtake it. */
  public static Fault reorderMessage(Duration most) {
    return of(Phase.BEFORE_QUEUE, new Effect.HeldBack(checked(most)));
  }

  /**
   * The app answers with a status, 300 to 599, without its handler being called.
   *
   * @throws InvalidInputException when the status is out of range
   */
  public static Fault failHandler(int status) {
    return of(Phase.BEFORE_HANDLER, new Effect.Failed(checked(status)));
  }

  /** The handler does its work, and the platform does not hear of it: it sees a 502. */
  public static Fault loseHandlerAnswer() {
    return of(Phase.AFTER_HANDLER, new Effect.Failed(502));
  }

  /** The handler takes longer, on the virtual clock. */
  public static Fault slowHandler(Duration by) {
    return of(Phase.AFTER_HANDLER, new Effect.Slow(checked(by)));
  }

  /** Strikes one queue alone, {@code owner/repo/name}: sends to it and deliveries from it. */
  public Fault onQueue(String queue) {
    return on(FaultTarget.Kind.QUEUE, queue);
  }

  /** Strikes one queue alone, which the reference names with its app. */
  public Fault onQueue(QueueRef<?> queue) {
    return onQueue(queue.toString());
  }

  /** Strikes RPC to one app alone, {@code owner/repo}, or to one of its paths and below. */
  public Fault onRpc(String appOrPath) {
    return on(FaultTarget.Kind.RPC, appOrPath);
  }

  /** Strikes one subject's publishes alone; what is on the subscribers' queues is theirs. */
  public Fault onEvent(SubjectRef<?> subject) {
    return on(FaultTarget.Kind.EVENT, subject.name());
  }

  /** Strikes one workflow alone, {@code owner/repo/name}: its starts, questions and runs. */
  public Fault onWorkflow(String workflow) {
    return on(FaultTarget.Kind.WORKFLOW, workflow);
  }

  /** Strikes one workflow alone, which the reference names with its app. */
  public Fault onWorkflow(WorkflowRef<?, ?> workflow) {
    return onWorkflow(workflow.toString());
  }

  /** Strikes the schedules of one app alone, {@code owner/repo}, or those of one path. */
  public Fault onSchedule(String appOrPath) {
    return on(FaultTarget.Kind.SCHEDULE, appOrPath);
  }

  /** Strikes all that goes to one app, {@code owner/repo}, of whatever kind. */
  public Fault onApp(String app) {
    return on(null, app);
  }

  private Fault on(FaultTarget.@Nullable Kind kind, String target) {
    return new Fault(phase, effect, new FaultTarget(kind, target), every, times, probability);
  }

  /** Strikes so many times and then no more; at least 1. */
  public Fault times(int most) {
    return new Fault(phase, effect, traffic, every, positive("times", most), probability);
  }

  /** Strikes each nth time only: with 3 the third, the sixth and so on; at least 1. */
  public Fault every(int nth) {
    return new Fault(phase, effect, traffic, positive("every", nth), times, probability);
  }

  /** Strikes by chance, of which the platform's seed decides; from 0 for never to 1 for always. */
  public Fault withProbability(double chance) {
    if (!(chance >= 0 && chance <= 1)) {
      throw new InvalidInputException("probability", String.valueOf(chance), "0 to 1");
    }
    return new Fault(phase, effect, traffic, every, times, chance);
  }

  /** Returns where it strikes. */
  public Phase phase() {
    return phase;
  }

  /** Returns what it does. */
  public Effect effect() {
    return effect;
  }

  FaultTarget traffic() {
    return traffic;
  }

  int every() {
    return every;
  }

  int times() {
    return times;
  }

  double probability() {
    return probability;
  }

  private static int checked(int status) {
    if (status < LOWEST_STATUS || status > HIGHEST_STATUS) {
      throw new InvalidInputException(
          "fault status", String.valueOf(status), LOWEST_STATUS + " to " + HIGHEST_STATUS);
    }
    return status;
  }

  private static Duration checked(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new InvalidInputException("fault duration", duration.toString(), "positive");
    }
    return duration;
  }

  private static int positive(String name, int number) {
    if (number < 1) {
      throw new InvalidInputException("fault " + name, String.valueOf(number), "at least 1");
    }
    return number;
  }

  /** What happens, without the traffic that it happens to. */
  String words() {
    return effect + " " + phase;
  }

  /** Returns the fault in words. */
  @Override
  public String toString() {
    var words = new StringBuilder(words()).append(" on ").append(traffic);
    if (every > 1) {
      words.append(", every ").append(every);
    }
    if (times < UNLIMITED) {
      words.append(", ").append(times).append(" times");
    }
    if (probability < 1) {
      words.append(", with probability ").append(probability);
    }
    return words.toString();
  }
}
