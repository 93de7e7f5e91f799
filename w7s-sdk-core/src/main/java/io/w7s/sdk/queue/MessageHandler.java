package io.w7s.sdk.queue;

/**
 * Handles the messages of a queue one by one. One handler may run on several threads at the same
 * time.
 *
 * <p>When it returns, the message is handled. When it throws, the message has failed: the other
 * messages of its batch are still handled, and then the platform delivers the whole batch again,
 * because it acknowledges batches only. So a message that was handled can come again.
 *
 * @param <T> the type of the message's body
 */
@FunctionalInterface
public interface MessageHandler<T> {

  /**
   * Handles a message.
   *
   * @throws Exception to have the message delivered again; an {@code Error} does the same
   */
  void handle(QueueMessage<T> message) throws Exception;
}
