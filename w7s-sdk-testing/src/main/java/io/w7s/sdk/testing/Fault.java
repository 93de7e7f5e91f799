package io.w7s.sdk.testing;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.queue.QueueRef;
import io.w7s.sdk.testing.FaultTarget.Kind;
import io.w7s.sdk.workflow.WorkflowRef;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A failure that a test injects: what happens, to which calls or deliveries, and how often. By
 * default it applies to all of them, every time. Immutable.
 *
 * <pre>{@code
 * w7s.faults().add(Fault.refuse(429).retryAfter(ofSeconds(30)).onQueue(JOBS).times(2));
 * w7s.faults().add(Fault.responseLost().onApp("acme/worker").withProbability(0.1));
 * w7s.faults().add(Fault.failHandler(500).onQueue(JOBS).every(3));
 * }</pre>
 */
public final class Fault {

  private static final int UNLIMITED = Integer.MAX_VALUE;
  private static final int LOWEST_STATUS = 300;
  private static final int HIGHEST_STATUS = 599;

  private final Phase phase;
  private final Effect effect;
  private final FaultTarget target;
  private final int every;
  private final int times;
  private final double probability;

  private Fault(
      Phase phase, Effect effect, FaultTarget target, int every, int times, double probability) {
    this.phase = phase;
    this.effect = effect;
    this.target = target;
    this.every = every;
    this.times = times;
    this.probability = probability;
  }

  private static Fault of(Phase phase, Effect effect) {
    return new Fault(phase, effect, FaultTarget.ALL, 1, UNLIMITED, 1);
  }

  /** The point at which a fault occurs. */
  public enum Phase {
    /** A call has left its caller, and has not reached the platform. */
    BEFORE_PLATFORM(Kind.RPC, Kind.QUEUE, Kind.EVENT, Kind.WORKFLOW),
    /** The platform has done what a call asks, and the caller does not know yet. */
    AFTER_PLATFORM(Kind.RPC, Kind.QUEUE, Kind.EVENT, Kind.WORKFLOW),
    /** The platform has accepted a message, and it is not on its queue yet. */
    BEFORE_QUEUE(Kind.QUEUE),
    /** A request from the platform has not reached the app's handler. */
    BEFORE_HANDLER(Kind.RPC, Kind.QUEUE, Kind.WORKFLOW, Kind.SCHEDULE),
    /** The handler has returned, and the platform does not know yet. */
    AFTER_HANDLER(Kind.RPC, Kind.QUEUE, Kind.WORKFLOW, Kind.SCHEDULE);

    /** What passes this point. */
    private final List<Kind> kinds;

    Phase(Kind... kinds) {
      this.kinds = List.of(kinds);
    }

    /** Returns the phase in words, such as {@code before platform}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** What a fault does. */
  public sealed interface Effect {

    /**
     * The platform refuses the call.
     *
     * @param status the HTTP status
     * @param retryAfter how long the caller is asked to wait; null if the refusal does not say
     */
    record Refused(int status, @Nullable Duration retryAfter) implements Effect {
      @Override
      public String toString() {
        return "refused with " + status + (retryAfter == null ? "" : ", retry after " + retryAfter);
      }
    }

    /**
     * The caller gets no response.
     *
     * @param mayHaveBeenDelivered false only if it is certain that the request was not delivered
     */
    record NoResponse(boolean mayHaveBeenDelivered) implements Effect {
      @Override
      public String toString() {
        return mayHaveBeenDelivered ? "lost" : "unreachable";
      }
    }

    /**
     * The call or the handler takes longer, by the virtual clock.
     *
     * @param by how much longer
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

    /** The message is put on its queue twice. */
    record Doubled() implements Effect {
      @Override
      public String toString() {
        return "doubled";
      }
    }

    /**
     * The message is held back for a random time, so that others overtake it.
     *
     * @param most the longest time
     */
    record HeldBack(Duration most) implements Effect {
      @Override
      public String toString() {
        return "held back for up to " + most;
      }
    }

    /**
     * The platform gets this status in place of the handler's response.
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
   * Returns a fault: the platform refuses the call with a status and does nothing.
   *
   * @param status the HTTP status, 300 to 599
   * @throws InvalidInputException if the status is out of range
   */
  public static Fault refuse(int status) {
    return of(Phase.BEFORE_PLATFORM, new Effect.Refused(checked(status), null));
  }

  /**
   * Returns this refusal with the time that the caller is asked to wait.
   *
   * @param wait zero or longer
   * @throws InvalidInputException if this fault is not a refusal, or the time is negative
   */
  public Fault retryAfter(Duration wait) {
    if (effect instanceof Effect.Refused refused && !wait.isNegative()) {
      Effect with = new Effect.Refused(refused.status(), wait);
      return new Fault(phase, with, target, every, times, probability);
    }
    throw new InvalidInputException(
        "retry after", wait + " for " + effect, "for a refusal, not negative");
  }

  /** Returns a fault: the platform cannot be reached, so the call was certainly not delivered. */
  public static Fault unreachable() {
    return of(Phase.BEFORE_PLATFORM, new Effect.NoResponse(false));
  }

  /**
   * Returns a fault: the call is lost before it reaches the platform. The caller cannot tell this
   * from a lost response.
   */
  public static Fault requestLost() {
    return of(Phase.BEFORE_PLATFORM, new Effect.NoResponse(true));
  }

  /** Returns a fault: the platform does what the call asks, and its response is lost. */
  public static Fault responseLost() {
    return of(Phase.AFTER_PLATFORM, new Effect.NoResponse(true));
  }

  /**
   * Returns a fault: the call takes longer to reach the platform, by the virtual clock. A call
   * whose timeout ends before does not reach it.
   *
   * @param by how much longer; positive
   * @throws InvalidInputException if the duration is not positive
   */
  public static Fault slow(Duration by) {
    return of(Phase.BEFORE_PLATFORM, new Effect.Slow(checked(by)));
  }

  /**
   * Returns a fault: the platform's response takes longer to reach the caller, by the virtual
   * clock. The platform does what the call asks, even if the call times out.
   *
   * @param by how much longer; positive
   * @throws InvalidInputException if the duration is not positive
   */
  public static Fault slowResponse(Duration by) {
    return of(Phase.AFTER_PLATFORM, new Effect.Slow(checked(by)));
  }

  /** Returns a fault: the platform accepts a message and loses it before it is on its queue. */
  public static Fault dropMessage() {
    return of(Phase.BEFORE_QUEUE, new Effect.Dropped());
  }

  /** Returns a fault: an accepted message is put on its queue twice, with the same id. */
  public static Fault doubleMessage() {
    return of(Phase.BEFORE_QUEUE, new Effect.Doubled());
  }

  /**
   * Returns a fault: a message is held back for a random time, so that others overtake it.
   *
   * @param most the longest time; positive
   * @throws InvalidInputException if the duration is not positive
   */
  public static Fault reorderMessage(Duration most) {
    return of(Phase.BEFORE_QUEUE, new Effect.HeldBack(checked(most)));
  }

  /**
   * Returns a fault: the app responds with a status, and its handler is not called.
   *
   * @param status the HTTP status, 300 to 599
   * @throws InvalidInputException if the status is out of range
   */
  public static Fault failHandler(int status) {
    return of(Phase.BEFORE_HANDLER, new Effect.Failed(checked(status)));
  }

  /** Returns a fault: the handler does its work, but the platform gets a 502 as the response. */
  public static Fault loseHandlerResponse() {
    return of(Phase.AFTER_HANDLER, new Effect.Failed(502));
  }

  /**
   * Returns a fault: the handler takes longer, by the virtual clock.
   *
   * @param by how much longer; positive
   * @throws InvalidInputException if the duration is not positive
   */
  public static Fault slowHandler(Duration by) {
    return of(Phase.AFTER_HANDLER, new Effect.Slow(checked(by)));
  }

  /**
   * Limits this fault to one queue: to sends to it, and deliveries from it.
   *
   * @param queue {@code owner/repo/name}
   * @throws InvalidInputException if it is not one
   */
  public Fault onQueue(String queue) {
    return on(Kind.QUEUE, named("fault on a queue", queue));
  }

  /** Limits this fault to one queue. The reference must name its app. */
  public Fault onQueue(QueueRef<?> queue) {
    return onQueue(queue.toString());
  }

  /**
   * Limits this fault to RPCs to one app, or to one of its paths and the paths below.
   *
   * @param appOrPath {@code owner/repo} or {@code owner/repo/path}
   * @throws InvalidInputException if it is neither, or if this fault is one of messages
   */
  public Fault onRpc(String appOrPath) {
    return on(Kind.RPC, below("fault on RPCs", appOrPath));
  }

  /**
   * Limits this fault to the publishing of one subject. For the delivery of its events to a
   * subscriber, use {@link #onQueue(String)} with the subscriber's queue.
   *
   * @throws InvalidInputException if this fault is one of messages or of handlers
   */
  public Fault onEvent(SubjectRef<?> subject) {
    return on(Kind.EVENT, subject.name());
  }

  /**
   * Limits this fault to one workflow: to its starts, status queries and runs.
   *
   * @param workflow {@code owner/repo/name}
   * @throws InvalidInputException if it is not one, or if this fault is one of messages
   */
  public Fault onWorkflow(String workflow) {
    return on(Kind.WORKFLOW, named("fault on a workflow", workflow));
  }

  /** Limits this fault to one workflow. The reference must name its app. */
  public Fault onWorkflow(WorkflowRef<?, ?> workflow) {
    return onWorkflow(workflow.toString());
  }

  /**
   * Limits this fault to the schedules of one app, or to those of one of its paths.
   *
   * @param appOrPath {@code owner/repo} or {@code owner/repo/path}
   * @throws InvalidInputException if it is neither, or if this fault is not one of handlers
   */
  public Fault onSchedule(String appOrPath) {
    return on(Kind.SCHEDULE, below("fault on schedules", appOrPath));
  }

  /**
   * Limits this fault to the calls and deliveries to one app, of all kinds.
   *
   * @param app {@code owner/repo}
   * @throws InvalidInputException if it is not one
   */
  public Fault onApp(String app) {
    return on(null, AppId.parse(app).toString());
  }

  private static String named(String field, String target) {
    String[] parts = target.split("/", 3);
    if (parts.length < 3) {
      throw new InvalidInputException(field, target, "owner/repo/name");
    }
    return appOf(parts) + "/" + Names.queue(field, parts[2]);
  }

  private static String below(String field, String target) {
    String[] parts = target.split("/", 3);
    if (parts.length < 2) {
      throw new InvalidInputException(field, target, "owner/repo or owner/repo/path");
    }
    return parts.length == 2 ? appOf(parts).toString() : appOf(parts) + "/" + parts[2];
  }

  private static AppId appOf(String[] parts) {
    return AppId.parse(parts[0] + "/" + parts[1]);
  }

  private Fault on(@Nullable Kind kind, String target) {
    if (kind != null && !phase.kinds.contains(kind)) {
      throw new InvalidInputException(
          "target of a fault " + phase, kind.toString(), "one of " + phase.kinds);
    }
    return new Fault(phase, effect, new FaultTarget(kind, target), every, times, probability);
  }

  /**
   * Limits how many times this fault occurs.
   *
   * @param most at least 1
   * @throws InvalidInputException if the number is less than 1
   */
  public Fault times(int most) {
    return new Fault(phase, effect, target, every, positive("times", most), probability);
  }

  /**
   * Makes this fault occur only every nth time: with 3, the third time, the sixth, and so on.
   *
   * @param nth at least 1
   * @throws InvalidInputException if the number is less than 1
   */
  public Fault every(int nth) {
    return new Fault(phase, effect, target, positive("every", nth), times, probability);
  }

  /**
   * Makes this fault occur at random, as the platform's seed determines.
   *
   * @param chance from 0 (never) to 1 (always)
   * @throws InvalidInputException if the chance is out of range
   */
  public Fault withProbability(double chance) {
    if (!(chance >= 0 && chance <= 1)) {
      throw new InvalidInputException("probability", String.valueOf(chance), "0 to 1");
    }
    return new Fault(phase, effect, target, every, times, chance);
  }

  /** Returns the point at which this fault occurs. */
  public Phase phase() {
    return phase;
  }

  /** Returns what this fault does. */
  public Effect effect() {
    return effect;
  }

  FaultTarget target() {
    return target;
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

  /** The effect and the phase, without the target. */
  String words() {
    return effect + " " + phase;
  }

  /** Returns the effect, phase, target and frequency of this fault as text. */
  @Override
  public String toString() {
    var words = new StringBuilder(words()).append(" on ").append(target);
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
