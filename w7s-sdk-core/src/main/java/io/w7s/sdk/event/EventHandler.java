package io.w7s.sdk.event;

/**
 * Handles the events of a subject one by one. One handler may run on several threads at the same
 * time.
 *
 * <p>When it returns, the event is handled. When it throws, the event has failed: the other events
 * of its batch are still handled, and then the platform delivers the whole batch again, because it
 * acknowledges batches only. So an event that was handled can come again.
 *
 * @param <T> the type of the event's data
 */
@FunctionalInterface
public interface EventHandler<T> {

  /**
   * Handles an event.
   *
   * @throws Exception to have the event delivered again; an {@code Error} does the same
   */
  void handle(Event<T> event) throws Exception;
}
