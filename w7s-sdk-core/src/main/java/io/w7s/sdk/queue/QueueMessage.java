package io.w7s.sdk.queue;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.Caller;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.SafeText;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message as its consumer sees it. The platform delivers a message at least once: when it comes
 * again, the {@link #id()} is the same and the {@link #attempt()} is higher. Immutable, if its body
 * is.
 *
 * <p>To create one in a test:
 *
 * <pre>{@code
 * handler.handle(QueueMessage.of(new Job("resize")));
 * }</pre>
 *
 * @param <T> the type of the body
 */
public final class QueueMessage<T> {

  private final String id;
  private final int attempt;
  private final @Nullable T body;
  private final @Nullable Instant enqueuedAt;
  private final @Nullable Caller caller;
  private final @Nullable String traceParent;
  private final @Nullable CloudEvent cloudEvent;
  private final @Nullable Claim claim;

  private QueueMessage(Builder<T> builder) {
    id = builder.id;
    attempt = builder.attempt;
    body = builder.body;
    enqueuedAt = builder.enqueuedAt;
    caller = builder.caller;
    traceParent = builder.traceParent;
    cloudEvent = builder.cloudEvent;
    claim = builder.claim;
  }

  /** Returns a message with the defaults of {@link #builder}, for a test of a handler. */
  public static <T> QueueMessage<T> of(@Nullable T body) {
    return builder(body).build();
  }

  /**
   * Returns a builder of a message. By default its id is {@code message-1}, its attempt is 1, and
   * nothing else is set.
   *
   * @param body the body; null as for JSON null
   */
  public static <T> Builder<T> builder(@Nullable T body) {
    return new Builder<>(body);
  }

  /** Returns the id that the platform gave the message, the same in each delivery. */
  public String id() {
    return id;
  }

  /**
   * Returns the number of this delivery of the message, from 1. The platform's wire format calls it
   * {@code attempts}.
   */
  public int attempt() {
    return attempt;
  }

  /**
   * Returns the body. It is null when the queue's type is {@code Void}, and when the sender sent
   * JSON null or nothing. This SDK sends null only for the type {@code Void}.
   */
  public @Nullable T body() {
    return body;
  }

  /** Returns when the message was sent, by the platform's clock; empty where it does not say. */
  public Optional<Instant> enqueuedAt() {
    return Optional.ofNullable(enqueuedAt);
  }

  /** Returns the app that sent the message; empty where the platform does not say. */
  public Optional<Caller> caller() {
    return Optional.ofNullable(caller);
  }

  /**
   * Returns the W3C trace that the message belongs to. Pass it on with calls that are made for the
   * message. Empty where the sender gave none.
   */
  public Optional<String> traceParent() {
    return Optional.ofNullable(traceParent);
  }

  /**
   * Returns the attributes of a message that was sent as a CloudEvent. Its data is the {@link
   * #body()}. Empty for any other message.
   */
  public Optional<CloudEvent> cloudEvent() {
    return Optional.ofNullable(cloudEvent);
  }

  /**
   * Returns the claim under which the message is handled, for a handler that marks it as done in
   * its own transaction.
   *
   * @throws IllegalStateException when the queue is not consumed with {@code consumption(each ->
   *     each.once(...))}
   */
  public Claim claim() {
    if (claim == null) {
      throw new IllegalStateException(
          "message " + SafeText.of(id) + " has no claim: its queue is not consumed once(...)");
    }
    return claim;
  }

  /** Returns this message, handled under a claim. */
  public QueueMessage<T> claimed(Claim claim) {
    return new QueueMessage<>(
        builder(body)
            .id(id)
            .attempt(attempt)
            .enqueuedAt(enqueuedAt)
            .caller(caller)
            .traceParent(traceParent)
            .cloudEvent(cloudEvent)
            .claim(claim));
  }

  /** Returns whether the other is a message with the same properties. The claim is not compared. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof QueueMessage<?> message
        && id.equals(message.id)
        && attempt == message.attempt
        && Objects.equals(body, message.body)
        && Objects.equals(enqueuedAt, message.enqueuedAt)
        && Objects.equals(caller, message.caller)
        && Objects.equals(traceParent, message.traceParent)
        && Objects.equals(cloudEvent, message.cloudEvent);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, attempt, body, enqueuedAt, caller, traceParent, cloudEvent);
  }

  /** Returns the id and the attempt. The body is left out: it may be secret. */
  @Override
  public String toString() {
    return "QueueMessage[id=" + SafeText.of(id) + ", attempt=" + attempt + "]";
  }

  /**
   * Makes a message. Not thread-safe.
   *
   * @param <T> the type of the body
   */
  public static final class Builder<T> {

    private final @Nullable T body;
    private String id = "message-1";
    private int attempt = 1;
    private @Nullable Instant enqueuedAt;
    private @Nullable Caller caller;
    private @Nullable String traceParent;
    private @Nullable CloudEvent cloudEvent;
    private @Nullable Claim claim;

    private Builder(@Nullable T body) {
      this.body = body;
    }

    /** Sets the id. Default {@code message-1}. */
    public Builder<T> id(String id) {
      this.id = requireNonNull(id, "id");
      return this;
    }

    /**
     * Sets the number of the delivery. Default 1.
     *
     * @throws InvalidInputException when it is less than 1
     */
    public Builder<T> attempt(int attempt) {
      if (attempt < 1) {
        throw new InvalidInputException("attempt", String.valueOf(attempt), "1 or more");
      }
      this.attempt = attempt;
      return this;
    }

    /** Sets when the message was sent; null for unknown, which is the default. */
    public Builder<T> enqueuedAt(@Nullable Instant enqueuedAt) {
      this.enqueuedAt = enqueuedAt;
      return this;
    }

    /** Sets the app that sent the message; null for unknown, which is the default. */
    public Builder<T> caller(@Nullable Caller caller) {
      this.caller = caller;
      return this;
    }

    /** Sets the W3C trace; null for none, which is the default. */
    public Builder<T> traceParent(@Nullable String traceParent) {
      this.traceParent = traceParent;
      return this;
    }

    /** Sets the attributes of a CloudEvent; null for none, which is the default. */
    public Builder<T> cloudEvent(@Nullable CloudEvent cloudEvent) {
      this.cloudEvent = cloudEvent;
      return this;
    }

    /** Sets the claim under which the message is handled; null for none, which is the default. */
    public Builder<T> claim(@Nullable Claim claim) {
      this.claim = claim;
      return this;
    }

    /** Returns the message. */
    public QueueMessage<T> build() {
      return new QueueMessage<>(this);
    }
  }
}
