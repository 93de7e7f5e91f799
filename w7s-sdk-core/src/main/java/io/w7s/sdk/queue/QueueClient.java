package io.w7s.sdk.queue;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages to queues. Thread-safe; can be shared; needs no closing.
 *
 * <p>Delivery is at least once and unordered: a consumer may see a message more than once, and
 * messages in any order. After a {@link io.w7s.sdk.error.TransportException} whose {@code
 * mayHaveBeenDelivered()} is true, the message may or may not be on the queue. A send is retried
 * after that only if the options allow duplicates.
 *
 * <p>Each {@code Async} method does the same without blocking. It never throws: its future
 * completes with what the blocking method returns or throws. Cancelling the future ends the call.
 * Callbacks of the future run on a thread of the transport, or on one of {@link
 * io.w7s.sdk.spi.TimeSource#executor()} after a wait; they may block, but the transport then has
 * one thread less for other calls.
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
   * Sends a message and blocks until the platform has taken it.
   *
   * @param queue the queue
   * @param body the message; at most 65,536 bytes as JSON. Null only for a queue of type {@code
   *     Void}
   * @param options changes the default options, for example {@code send ->
   *     send.delay(ofSeconds(60))}
   * @throws io.w7s.sdk.error.InvalidInputException when the body is null or too large, or an option
   *     is out of range; nothing is sent
   * @throws io.w7s.sdk.error.CodecException when the body cannot be written as JSON; nothing is
   *     sent
   * @throws io.w7s.sdk.error.StatusException when the platform refuses
   * @throws io.w7s.sdk.error.TransportException when there is no response
   */
  <T> SendReceipt send(QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options);

  /** Sends a message without content and without blocking. */
  default CompletableFuture<SendReceipt> sendAsync(QueueRef<Void> queue) {
    return sendAsync(queue, null, options -> {});
  }

  /**
   * Sends a message with the default options without blocking; see {@link #sendAsync(QueueRef,
   * Object, Consumer)}.
   */
  default <T> CompletableFuture<SendReceipt> sendAsync(QueueRef<T> queue, T body) {
    return sendAsync(queue, body, options -> {});
  }

  /** Sends a message without blocking; see {@link #send(QueueRef, Object, Consumer)}. */
  <T> CompletableFuture<SendReceipt> sendAsync(
      QueueRef<T> queue, @Nullable T body, Consumer<SendOptions> options);
}
