package io.w7s.sdk.queue;

/**
 * Handles a whole batch. Returning means that all its messages are done; throwing means that all
 * are delivered again. It may run on several threads at once.
 *
 * @param <T> what a message body is
 */
@FunctionalInterface
public interface BatchHandler<T> {

  /**
   * Handles a batch.
   *
   * @throws Exception to have all its messages delivered again
   */
  void handle(QueueBatch<T> batch) throws Exception;
}
