package io.w7s.sdk.queue;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages to queues. Thread-safe; shared freely; nothing to close.
 *
 * <p>Delivery is at least once and unordered: a consumer may see a message again, and in any order.
 * After a {@link io.w7s.sdk.error.TransportException} whose {@code mayHaveBeenDelivered()} is true
 * the message may or may not be on the queue; it is sent again only where the options allow
 * duplicates.
 *
 * <p>The {@code Async} twins behave alike, failures included, but report everything through the
 * future; cancelling it ends the call.
 */
public interface QueueClient {

  /** Sends a message that has no content; see {@link #send(QueueRef, Object, Consumer)}. */
  default SendReceipt send(QueueRef<Void> queue) {
    return send(queue, null, options -> {});
  }

  /** Sends a message with the default options; see {@link #send(QueueRef, Object, Consumer)}. */
  default <T> SendReceipt send(QueueRef<T> queue, T body) {
    return send(queue, body, options -> {});
  }

  /**
   * Sends a message and waits until the platform has taken it.
   *
   * @param queue where to
   * @param body the message; at most 65,536 bytes as JSON. Null only where the queue's type is
   *     {@code Void}
   * @param options changes the default options, for example {@code send ->
   *     send.delay(ofSeconds(60))}
   * @throws io.w7s.sdk.error.InvalidInputException when the body is null or too large, or an option
   *     out of range; nothing is sent
   * @throws io.w7s.sdk.error.CodecException when the body cannot be written as JSON; nothing is
   *     sent
   * @throws io.w7s.sdk.error.StatusException when the platform refuses
   * @throws io.w7s.sdk.error.TransportException when no answer came
   */
  <T> SendReceipt send(QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options);

  /** Sends a message that has no content, without waiting. */
  default CompletableFuture<SendReceipt> sendAsync(QueueRef<Void> queue) {
    return sendAsync(queue, null, options -> {});
  }

  /** Sends a message with the default options without waiting. */
  default <T> CompletableFuture<SendReceipt> sendAsync(QueueRef<T> queue, T body) {
    return sendAsync(queue, body, options -> {});
  }

  /** Sends a message without waiting; see {@link #send(QueueRef, Object, Consumer)}. */
  <T> CompletableFuture<SendReceipt> sendAsync(
      QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options);
}
