package io.w7s.sdk.event;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events to all subscribers of their subject. Thread-safe; can be shared; needs no
 * closing.
 *
 * <p>A partial failure is not an exception. The receipt says for each subscriber whether its queue
 * has the event, and {@link PublishReceipt#orThrow()} throws if one does not. After a {@link
 * io.w7s.sdk.error.TransportException} whose {@code mayHaveBeenDelivered()} is true, any subscriber
 * may have the event. A publish is retried after that only if the caller gave an id or allowed
 * duplicates.
 *
 * <p>Each {@code Async} method does the same without blocking. It never throws: its future
 * completes with what the blocking method returns or throws. Cancelling the future ends the call.
 * Callbacks of the future run on a thread of the transport, or on one of {@link
 * io.w7s.sdk.spi.TimeSource#executor()} after a wait; they may block, but the transport then has
 * one thread less for other calls.
 */
public interface EventsClient {

  /** Publishes an event that has no data; see {@link #publish(SubjectRef, Object, Consumer)}. */
  default PublishReceipt publish(SubjectRef<Void> subject) {
    return publish(subject, null, options -> {});
  }

  /**
   * Publishes an event with the default options; see {@link #publish(SubjectRef, Object,
   * Consumer)}.
   */
  default <T> PublishReceipt publish(SubjectRef<T> subject, T data) {
    return publish(subject, data, options -> {});
  }

  /**
   * Publishes an event and blocks until the router has put it on the queues of the subscribers.
   *
   * @param subject the subject
   * @param data the event's data; at most 65,536 bytes as JSON. Null only for a subject of type
   *     {@code Void}
   * @param options changes the default options, for example {@code publish ->
   *     publish.id("order-123")}
   * @return one delivery for each subscriber; {@code orThrow()} throws when one of them failed
   * @throws io.w7s.sdk.error.InvalidInputException when the data is null or too large, or an option
   *     is out of range; nothing is sent
   * @throws io.w7s.sdk.error.CodecException when the data cannot be written as JSON; nothing is
   *     sent
   * @throws io.w7s.sdk.error.StatusException when the router refuses
   * @throws io.w7s.sdk.error.TransportException when there is no response
   */
  <T> PublishReceipt publish(
      SubjectRef<T> subject, @Nullable T data, Consumer<PublishOptions> options);

  /** Publishes an event without data and without blocking. */
  default CompletableFuture<PublishReceipt> publishAsync(SubjectRef<Void> subject) {
    return publishAsync(subject, null, options -> {});
  }

  /**
   * Publishes an event with the default options without blocking; see {@link
   * #publishAsync(SubjectRef, Object, Consumer)}.
   */
  default <T> CompletableFuture<PublishReceipt> publishAsync(SubjectRef<T> subject, T data) {
    return publishAsync(subject, data, options -> {});
  }

  /** Publishes an event without blocking; see {@link #publish(SubjectRef, Object, Consumer)}. */
  <T> CompletableFuture<PublishReceipt> publishAsync(
      SubjectRef<T> subject, @Nullable T data, Consumer<PublishOptions> options);
}
