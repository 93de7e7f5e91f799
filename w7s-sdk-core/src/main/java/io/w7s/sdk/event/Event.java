package io.w7s.sdk.event;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.AppId;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.SafeText;
import io.w7s.sdk.queue.Claim;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event as a subscriber sees it. An event is delivered at least once: when it comes again, the
 * {@link #id()} is the same and the {@link #attempt()} is higher. Immutable, if its data is.
 *
 * <p>To create one in a test:
 *
 * <pre>{@code
 * handler.handle(Event.of(ORDER_CREATED, new OrderCreated("ord_123")));
 * }</pre>
 *
 * @param <T> the type of the data
 */
public final class Event<T> {

  private final String id;
  private final String subject;
  private final AppId source;
  private final @Nullable T data;
  private final String messageId;
  private final int attempt;
  private final @Nullable Instant time;
  private final @Nullable String traceParent;
  private final @Nullable Claim claim;

  private Event(Builder<T> builder) {
    id = builder.id == null ? builder.messageId : builder.id;
    subject = builder.subject;
    source = builder.source;
    data = builder.data;
    messageId = builder.messageId;
    attempt = builder.attempt;
    time = builder.time;
    traceParent = builder.traceParent;
    claim = builder.claim;
  }

  /** Returns an event with the defaults of {@link #builder}, for a test of a handler. */
  public static <T> Event<T> of(SubjectRef<T> subject, @Nullable T data) {
    return builder(subject.name(), data).build();
  }

  /**
   * Returns a builder of an event. By default its source is {@code test/publisher}, its message id
   * and its own id are {@code message-1}, its attempt is 1, and nothing else is set.
   *
   * @param subject the subject
   * @param data the data; null as for JSON null
   */
  public static <T> Builder<T> builder(String subject, @Nullable T data) {
    return new Builder<>(subject, data);
  }

  /** Returns the event's id, which the publisher gave it. */
  public String id() {
    return id;
  }

  /** Returns the subject. */
  public String subject() {
    return subject;
  }

  /** Returns the app that published the event. */
  public AppId source() {
    return source;
  }

  /**
   * Returns the data. It is null when the subject's type is {@code Void}, and when the publisher
   * sent JSON null or nothing. This SDK sends null only for the type {@code Void}.
   */
  public @Nullable T data() {
    return data;
  }

  /** Returns the id of the queue message that carries the event; log lines name it. */
  public String messageId() {
    return messageId;
  }

  /**
   * Returns the number of this delivery of the message that carries the event, from 1. The
   * platform's wire format calls it {@code attempts}.
   */
  public int attempt() {
    return attempt;
  }

  /** Returns when it happened, by the publisher's clock; empty where the event does not say. */
  public Optional<Instant> time() {
    return Optional.ofNullable(time);
  }

  /**
   * Returns the W3C trace that the event belongs to. Pass it on with calls that are made for the
   * event. Empty where the publisher gave none.
   */
  public Optional<String> traceParent() {
    return Optional.ofNullable(traceParent);
  }

  /**
   * Returns the claim under which the event is handled, for a handler that marks it as done in its
   * own transaction.
   *
   * @throws IllegalStateException when the queue is not consumed with {@code consumption(each ->
   *     each.once(...))}
   */
  public Claim claim() {
    if (claim == null) {
      throw new IllegalStateException(
          "event " + SafeText.of(id) + " has no claim: its queue is not consumed once(...)");
    }
    return claim;
  }

  /** Returns this event, handled under a claim. */
  public Event<T> claimed(Claim claim) {
    return new Event<>(
        builder(subject, data)
            .id(id)
            .source(source)
            .messageId(messageId)
            .attempt(attempt)
            .time(time)
            .traceParent(traceParent)
            .claim(claim));
  }

  /** Returns whether the other is an event with the same properties. The claim is not compared. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Event<?> event
        && id.equals(event.id)
        && subject.equals(event.subject)
        && source.equals(event.source)
        && Objects.equals(data, event.data)
        && messageId.equals(event.messageId)
        && attempt == event.attempt
        && Objects.equals(time, event.time)
        && Objects.equals(traceParent, event.traceParent);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, subject, source, data, messageId, attempt, time, traceParent);
  }

  /** Returns the id, the subject and the attempt. The data is left out: it may be secret. */
  @Override
  public String toString() {
    return "Event[id="
        + SafeText.of(id)
        + ", subject="
        + SafeText.of(subject)
        + ", attempt="
        + attempt
        + "]";
  }

  /**
   * Makes an event. Not thread-safe.
   *
   * @param <T> the type of the data
   */
  public static final class Builder<T> {

    private static final AppId TEST_PUBLISHER = new AppId("test", "publisher");

    private final String subject;
    private final @Nullable T data;
    private @Nullable String id;
    private AppId source = TEST_PUBLISHER;
    private String messageId = "message-1";
    private int attempt = 1;
    private @Nullable Instant time;
    private @Nullable String traceParent;
    private @Nullable Claim claim;

    private Builder(String subject, @Nullable T data) {
      this.subject = subject;
      this.data = data;
    }

    /** Sets the event's id; null for the id of its message, which is the default. */
    public Builder<T> id(@Nullable String id) {
      this.id = id;
      return this;
    }

    /** Sets the app that published the event. Default {@code test/publisher}. */
    public Builder<T> source(AppId source) {
      this.source = requireNonNull(source, "source");
      return this;
    }

    /** Sets the id of the message that carries the event. Default {@code message-1}. */
    public Builder<T> messageId(String messageId) {
      this.messageId = requireNonNull(messageId, "messageId");
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

    /** Sets when it happened; null for unknown, which is the default. */
    public Builder<T> time(@Nullable Instant time) {
      this.time = time;
      return this;
    }

    /** Sets the W3C trace; null for none, which is the default. */
    public Builder<T> traceParent(@Nullable String traceParent) {
      this.traceParent = traceParent;
      return this;
    }

    /** Sets the claim under which the event is handled; null for none, which is the default. */
    public Builder<T> claim(@Nullable Claim claim) {
      this.claim = claim;
      return this;
    }

    /** Returns the event. */
    public Event<T> build() {
      return new Event<>(this);
    }
  }
}
