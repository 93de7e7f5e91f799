package io.w7s.sdk.emulator.app;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.RandomIds;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * The secrets of one deployment, one for each kind of call. Immutable. {@link #toString()} shows
 * none of them.
 */
public final class Tokens {

  private final String rpc;
  private final String queue;
  private final String workflow;
  private final String events;

  private Tokens(String rpc, String queue, String workflow, String events) {
    this.rpc = rpc;
    this.queue = queue;
    this.workflow = workflow;
    this.events = events;
  }

  /** The kinds of calls. A token is valid for one kind only. */
  public enum Kind {
    /** Calls to other apps. */
    RPC,
    /** Sends to queues. */
    QUEUE,
    /** Starts of workflows, and requests for their status. */
    WORKFLOW,
    /** Publishing events. */
    EVENTS;

    /** Returns the name of the kind in messages, such as {@code rpc}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Returns chosen tokens.
   *
   * @throws InvalidInputException when one is blank; the message does not repeat it
   */
  public static Tokens of(String rpc, String queue, String workflow, String events) {
    return new Tokens(
        checked(Kind.RPC, rpc),
        checked(Kind.QUEUE, queue),
        checked(Kind.WORKFLOW, workflow),
        checked(Kind.EVENTS, events));
  }

  static Tokens random(RandomGenerator random) {
    return new Tokens(
        RandomIds.next(random),
        RandomIds.next(random),
        RandomIds.next(random),
        RandomIds.next(random));
  }

  private static String checked(Kind kind, String token) {
    if (token.isBlank()) {
      throw new InvalidInputException(kind.word() + " token", "blank text", "a secret");
    }
    return token;
  }

  /** Returns the token for calls to other apps. */
  public String rpc() {
    return rpc;
  }

  /** Returns the token for sending to queues. */
  public String queue() {
    return queue;
  }

  /** Returns the token for starting workflows and for requesting their status. */
  public String workflow() {
    return workflow;
  }

  /** Returns the token for publishing events. */
  public String events() {
    return events;
  }

  /** Returns the token for a kind of calls. */
  public String of(Kind kind) {
    return switch (kind) {
      case RPC -> rpc;
      case QUEUE -> queue;
      case WORKFLOW -> workflow;
      case EVENTS -> events;
    };
  }

  /** Returns a text without the tokens. */
  @Override
  public String toString() {
    return "Tokens[hidden]";
  }
}
