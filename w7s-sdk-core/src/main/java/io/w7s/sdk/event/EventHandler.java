package io.w7s.sdk.event;

/**
 * Handles one event. Returning means done; throwing means that the event is delivered again later,
 * with the rest of its batch. It may run on several threads at once.
 *
 * @param <T> what the event's data is
 */
@FunctionalInterface
public interface EventHandler<T> {

  /**
   * Handles an event.
   *
   * @throws Exception to have it delivered again
   */
  void handle(Event<T> event) throws Exception;
}
