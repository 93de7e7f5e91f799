package io.w7s.sdk.consumption;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.Caller;
import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.SafeText;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message that was set aside, with everything that is needed to handle it later. Immutable; the
 * body is handed over, not copied.
 */
public final class ParkedMessage {

  /** The longest reason, in bytes of UTF-8. */
  public static final int MAX_REASON_BYTES = 1_024;

  /** What a parked message waits for. */
  public enum State {

    /** Waits for a person, who sends it again or drops it. */
    PARKED,

    /** Will be sent again by itself; {@link ParkedMessage#due()} says when. */
    HELD
  }

  private final String queue;
  private final String key;
  private final State state;
  private final String messageId;
  private final int attempts;
  private final byte[] body;
  private final Headers headers;
  private final @Nullable Instant enqueuedAt;
  private final @Nullable Caller caller;
  private final String reason;
  private final Instant parkedAt;
  private final Instant due;
  private final int run;
  private final String token;

  private ParkedMessage(Builder builder) {
    queue = builder.queue;
    key = builder.key;
    state = builder.state;
    messageId = builder.messageId;
    attempts = builder.attempts;
    body = builder.body;
    headers = builder.headers;
    enqueuedAt = builder.enqueuedAt;
    caller = builder.caller;
    reason = builder.reason;
    parkedAt = builder.parkedAt;
    due = builder.due;
    run = builder.run;
    token = builder.token;
  }

  /**
   * Begins a message: parked, attempt 1, with an empty body, reason and token, at the epoch.
   *
   * @param queue the queue, as {@code owner/repo/name}
   * @param key what identifies the message within the queue
   */
  public static Builder builder(String queue, String key) {
    return new Builder(queue, key);
  }

  /** Returns a builder that starts with all properties of this message. */
  public Builder toBuilder() {
    return new Builder(queue, key)
        .state(state)
        .messageId(messageId)
        .attempts(attempts)
        .body(body)
        .headers(headers)
        .enqueuedAt(enqueuedAt)
        .caller(caller)
        .reason(reason)
        .parkedAt(parkedAt)
        .due(due)
        .run(run)
        .token(token);
  }

  /** Returns the queue, as {@code owner/repo/name}. */
  public String queue() {
    return queue;
  }

  /**
   * Returns what identifies the message within the queue: its id, unless the consumer chose another
   * key.
   */
  public String key() {
    return key;
  }

  /** Returns what the message waits for. */
  public State state() {
    return state;
  }

  /** Returns the id that the platform gave the message when it was first sent. */
  public String messageId() {
    return messageId;
  }

  /** Returns how many attempts were made so far. */
  public int attempts() {
    return attempts;
  }

  /** Returns the body as it came, not a copy: JSON in UTF-8, as far as it is any. */
  public byte[] body() {
    return body;
  }

  /** Returns the platform's headers of the delivery with which the message came. */
  public Headers headers() {
    return headers;
  }

  /** Returns when the message was first sent; empty where the platform did not say. */
  public Optional<Instant> enqueuedAt() {
    return Optional.ofNullable(enqueuedAt);
  }

  /** Returns the app that sent the message; empty where the platform did not say. */
  public Optional<Caller> caller() {
    return Optional.ofNullable(caller);
  }

  /**
   * Returns why the message is here: the exception of its last attempt with its first stack frames
   * on one line, at most 1 KiB.
   */
  public String reason() {
    return reason;
  }

  /** Returns when the message was set aside or held back last. */
  public Instant parkedAt() {
    return parkedAt;
  }

  /** Returns when a message that is held back is sent again. */
  public Instant due() {
    return due;
  }

  /**
   * Returns how often the message was parked or held back so far, this time included. When it is
   * handled again, that run has a key of its own in the store of processed messages, so it is not
   * mistaken for a duplicate.
   */
  public int run() {
    return run;
  }

  /**
   * Returns whether the message was only kept before its last delivery by the platform, in case the
   * process ends. It may have been handled; if so, it is removed when it is sent again.
   */
  public boolean isUndecided() {
    return run == 0;
  }

  /**
   * Returns a random text that is another one after each change of the message. A message that is
   * sent again carries it, so that of several of them one is handled.
   */
  public String token() {
    return token;
  }

  /** Returns whether the other is a parked message with the same queue, key, state and token. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ParkedMessage message
        && queue.equals(message.queue)
        && key.equals(message.key)
        && state == message.state
        && token.equals(message.token);
  }

  @Override
  public int hashCode() {
    return Objects.hash(queue, key, state, token);
  }

  /** Returns the queue, the key, the state, the attempts and the reason; not the body. */
  @Override
  public String toString() {
    return "ParkedMessage["
        + SafeText.of(queue)
        + ", "
        + SafeText.of(key)
        + ", "
        + state
        + " after attempt "
        + attempts
        + ": "
        + SafeText.of(reason)
        + "]";
  }

  /** Makes a message. Not thread-safe. */
  public static final class Builder {

    private static final byte[] NO_BODY = {};

    private final String queue;
    private final String key;
    private State state = State.PARKED;
    private String messageId;
    private int attempts = 1;
    private byte[] body = NO_BODY;
    private Headers headers = Headers.none();
    private @Nullable Instant enqueuedAt;
    private @Nullable Caller caller;
    private String reason = "";
    private Instant parkedAt = Instant.EPOCH;
    private Instant due = Instant.EPOCH;
    private int run;
    private String token = "";

    private Builder(String queue, String key) {
      this.queue = queue;
      this.key = key;
      this.messageId = key;
    }

    /** Sets what the message waits for. */
    public Builder state(State state) {
      this.state = requireNonNull(state, "state");
      return this;
    }

    /** Sets the platform's id. Default: the key. */
    public Builder messageId(String messageId) {
      this.messageId = requireNonNull(messageId, "messageId");
      return this;
    }

    /**
     * Sets how many attempts were made.
     *
     * @throws InvalidInputException when it is negative
     */
    public Builder attempts(int attempts) {
      if (attempts < 0) {
        throw new InvalidInputException("attempts", String.valueOf(attempts), "0 or more");
      }
      this.attempts = attempts;
      return this;
    }

    /** Sets the body; handed over, not copied. */
    public Builder body(byte[] body) {
      this.body = requireNonNull(body, "body");
      return this;
    }

    /** Sets the headers. */
    public Builder headers(Headers headers) {
      this.headers = requireNonNull(headers, "headers");
      return this;
    }

    /** Sets when the message was first sent; null for unknown. */
    public Builder enqueuedAt(@Nullable Instant enqueuedAt) {
      this.enqueuedAt = enqueuedAt;
      return this;
    }

    /** Sets the app that sent the message; null for unknown. */
    public Builder caller(@Nullable Caller caller) {
      this.caller = caller;
      return this;
    }

    /** Sets why the message is here. What exceeds 1 KiB is cut off. */
    public Builder reason(String reason) {
      this.reason = Reasons.cut(reason);
      return this;
    }

    /** Sets when the message was set aside. */
    public Builder parkedAt(Instant parkedAt) {
      this.parkedAt = requireNonNull(parkedAt, "parkedAt");
      return this;
    }

    /** Sets when it is sent again. */
    public Builder due(Instant due) {
      this.due = requireNonNull(due, "due");
      return this;
    }

    /** Sets how often the message was parked or held back so far. */
    public Builder run(int run) {
      this.run = run;
      return this;
    }

    /** Sets the token. */
    public Builder token(String token) {
      this.token = requireNonNull(token, "token");
      return this;
    }

    /** Returns the message. */
    public ParkedMessage build() {
      return new ParkedMessage(this);
    }
  }
}
