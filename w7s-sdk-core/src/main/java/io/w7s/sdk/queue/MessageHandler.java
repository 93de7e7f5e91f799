package io.w7s.sdk.queue;

/**
 * Handles one message. Returning means done; throwing means that the message, and with it its whole
 * batch, is delivered again later. It may run on several threads at once.
 *
 * @param <T> what a message body is
 */
@FunctionalInterface
public interface MessageHandler<T> {

  /**
   * Handles a message.
   *
   * @throws Exception to have it delivered again
   */
  void handle(QueueMessage<T> message) throws Exception;
}
