package io.w7s.sdk.event;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes events to every subscriber of their subject. Thread-safe; shared freely; nothing to
 * close.
 *
 * <p>A partial failure is not an exception: the receipt says for each subscriber whether its queue
 * has the event. After a {@link io.w7s.sdk.error.TransportException} whose {@code
 * mayHaveBeenDelivered()} is true any subscriber may have it; it is published again only where the
 * caller gave an id or allows duplicates.
 *
 * <p>The {@code Async} twins behave alike, failures included, but report everything through the
 * future; cancelling it ends the call.
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
   * Publishes an event and waits until the router has handed it to the subscribers' queues.
   *
   * @param subject what it is about
   * @param data the event's data; at most 65,536 bytes as JSON. Null only where the subject's type
   *     is {@code Void}
   * @param options changes the default options, for example {@code publish ->
   *     publish.id("order-123")}
   * @throws io.w7s.sdk.error.InvalidInputException when the data is null or too large, or an option
   *     out of range; nothing is sent
   * @throws io.w7s.sdk.error.CodecException when the data cannot be written as JSON; nothing is
   *     sent
   * @throws io.w7s.sdk.error.StatusException when the router refuses
   * @throws io.w7s.sdk.error.TransportException when no answer came
   */
  <T> PublishReceipt publish(
      SubjectRef<T> subject, @Nullable T data, Consumer<PublishOptions> options);

  /** Publishes an event that has no data, without waiting. */
  default CompletableFuture<PublishReceipt> publishAsync(SubjectRef<Void> subject) {
    return publishAsync(subject, null, options -> {});
  }

  /** Publishes an event with the default options without waiting. */
  default <T> CompletableFuture<PublishReceipt> publishAsync(SubjectRef<T> subject, T data) {
    return publishAsync(subject, data, options -> {});
  }

  /** Publishes an event without waiting; see {@link #publish(SubjectRef, Object, Consumer)}. */
  <T> CompletableFuture<PublishReceipt> publishAsync(
      SubjectRef<T> subject, @Nullable T data, Consumer<PublishOptions> options);
}
