package io.w7s.sdk.queue;

/**
 * Handles the messages of a queue batch by batch. One handler may run on several threads at the
 * same time.
 *
 * <p>When it returns, all messages of the batch are handled, except for those that it {@linkplain
 * QueueBatch#fail failed}. When it throws, all of them have failed. The platform then delivers the
 * whole batch again. Messages that cannot be read are in {@link QueueBatch#unreadable()}; each of
 * them fails the batch after the handler returned, unless the handler acknowledges it:
 *
 * <pre>{@code
 * batch -> {
 *   save(batch.messages());
 *   for (UnreadableMessage message : batch.unreadable()) {
 *     setAside(message.id(), message.body(), message.reason());
 *     message.acknowledge();
 *   }
 * }
 * }</pre>
 *
 * @param <T> the type of the messages' bodies
 */
@FunctionalInterface
public interface BatchHandler<T> {

  /**
   * Handles a batch.
   *
   * @throws Exception to have all messages delivered again; an {@code Error} does the same
   */
  void handle(QueueBatch<T> batch) throws Exception;
}
