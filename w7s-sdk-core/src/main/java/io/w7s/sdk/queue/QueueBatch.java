package io.w7s.sdk.queue;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.Headers;
import io.w7s.sdk.error.InvalidInputException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one delivery, for a {@link BatchHandler}. The platform acknowledges a batch as a
 * whole. Immutable, except that messages can be failed and unreadable ones acknowledged; for the
 * thread of the handler.
 *
 * <p>To create one in a test:
 *
 * <pre>{@code
 * handler.handle(QueueBatch.of(JOBS, QueueMessage.of(new Job("a")), QueueMessage.of(new Job("b"))));
 * }</pre>
 *
 * @param <T> the type of the messages' bodies
 */
public final class QueueBatch<T> {

  private final String queue;
  private final List<QueueMessage<T>> messages;
  private final List<UnreadableMessage> unreadable;
  private final Headers headers;
  private final IdentityHashMap<QueueMessage<?>, Throwable> failures = new IdentityHashMap<>(0);

  private QueueBatch(Builder<T> builder) {
    queue = builder.queue;
    messages = builder.messages;
    unreadable = builder.unreadable;
    headers = builder.headers;
  }

  /** Returns a batch of messages that can all be read, for a test of a handler. */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only copied
  public static <T> QueueBatch<T> of(QueueRef<T> queue, QueueMessage<T>... messages) {
    return builder(queue).messages(List.of(messages)).build();
  }

  /** Returns a builder of a batch without messages and headers. */
  public static <T> Builder<T> builder(QueueRef<T> queue) {
    return new Builder<>(queue.name());
  }

  /** Returns the queue's name. */
  public String queue() {
    return queue;
  }

  /**
   * Returns the messages that can be read, in no particular order; unmodifiable. It is empty only
   * where all messages of the batch are {@link #unreadable()}.
   */
  public List<QueueMessage<T>> messages() {
    return messages;
  }

  /**
   * Returns the messages that cannot be read as the queue's type; unmodifiable, usually empty. Each
   * of them fails the batch after the handler returned, unless the handler {@linkplain
   * UnreadableMessage#acknowledge() acknowledges} it.
   */
  public List<UnreadableMessage> unreadable() {
    return unreadable;
  }

  /**
   * Marks a message as failed. The handler then handles the others and returns. Every message that
   * it does not fail counts as handled. On a queue without {@code consumption} one failed message
   * brings the whole batch back.
   *
   * @param message a message of this batch
   * @param reason what a handler of single messages would throw: an exception, {@code
   *     Reject.permanently(...)} or {@code Retry.after(...)}
   * @throws InvalidInputException when the message is not of this batch
   */
  public void fail(QueueMessage<T> message, Throwable reason) {
    Objects.requireNonNull(reason, "reason"); // none would be no failure
    failures.put(own(message), reason);
  }

  /** Returns the same message of this batch, or else an equal one. */
  @SuppressWarnings("ReferenceEquality") // two messages of a batch may be equal
  private QueueMessage<T> own(QueueMessage<T> message) {
    QueueMessage<T> equal = null;
    for (QueueMessage<T> own : messages) {
      if (own == message) {
        return own;
      }
      if (equal == null && own.equals(message)) {
        equal = own;
      }
    }
    if (equal == null) {
      throw new InvalidInputException(
          "message", message.toString(), "one of the batch's messages()");
    }
    return equal;
  }

  /**
   * Returns why a message was {@linkplain #fail failed}; empty when it was not.
   *
   * @throws InvalidInputException when it is not a message of this batch
   */
  public Optional<Throwable> failure(QueueMessage<T> message) {
    return Optional.ofNullable(failures.get(own(message)));
  }

  /** Returns the headers of the delivery. */
  public Headers headers() {
    return headers;
  }

  /** Returns whether the other is a batch of the same queue with equal messages and headers. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof QueueBatch<?> batch
        && queue.equals(batch.queue)
        && messages.equals(batch.messages)
        && unreadable.equals(batch.unreadable)
        && headers.equals(batch.headers);
  }

  @Override
  public int hashCode() {
    return Objects.hash(queue, messages, unreadable, headers);
  }

  /** Returns the queue and how many messages there are. */
  @Override
  public String toString() {
    return "QueueBatch[queue="
        + queue
        + ", messages="
        + messages.size()
        + ", unreadable="
        + unreadable.size()
        + "]";
  }

  /**
   * Makes a batch. Not thread-safe.
   *
   * @param <T> the type of the messages' bodies
   */
  public static final class Builder<T> {

    private final String queue;
    private List<QueueMessage<T>> messages = List.of();
    private List<UnreadableMessage> unreadable = List.of();
    private Headers headers = Headers.none();

    private Builder(String queue) {
      this.queue = queue;
    }

    /** Sets the messages that can be read. Default none. */
    public Builder<T> messages(List<QueueMessage<T>> messages) {
      this.messages = List.copyOf(messages);
      return this;
    }

    /** Sets the messages that cannot be read. Default none. */
    public Builder<T> unreadable(List<UnreadableMessage> unreadable) {
      this.unreadable = List.copyOf(unreadable);
      return this;
    }

    /** Sets the headers of the delivery. Default none. */
    public Builder<T> headers(Headers headers) {
      this.headers = requireNonNull(headers, "headers");
      return this;
    }

    /** Returns the batch. */
    public QueueBatch<T> build() {
      return new QueueBatch<>(this);
    }
  }
}
