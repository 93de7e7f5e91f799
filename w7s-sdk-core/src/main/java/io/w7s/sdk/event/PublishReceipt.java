package io.w7s.sdk.event;

import io.w7s.sdk.AppId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What became of a published event: one delivery for each subscriber, none when nobody subscribes.
 *
 * @param id the event's id
 * @param subject its subject
 * @param source the app that published it
 * @param time when it happened
 * @param deliveries one for each subscriber queue; unmodifiable
 */
public record PublishReceipt(
    String id, String subject, AppId source, Instant time, List<Delivery> deliveries) {

  /** Takes a copy of the deliveries. */
  public PublishReceipt {
    deliveries = List.copyOf(deliveries);
  }

  /** Returns the deliveries that failed: those subscribers do not have the event. */
  public List<Delivery> failed() {
    return deliveries.stream().filter(delivery -> delivery.status() == Status.FAILED).toList();
  }

  /** Returns whether every subscriber's queue has the event. True when nobody subscribes. */
  public boolean complete() {
    return failed().isEmpty();
  }

  /**
   * What became of the event for one subscriber.
   *
   * @param app the subscriber
   * @param queue its queue
   * @param status whether the queue has the event
   * @param error why it failed; empty when it did not, or the router does not say
   */
  public record Delivery(AppId app, String queue, Status status, Optional<String> error) {}

  /** Whether a subscriber's queue has the event. */
  public enum Status {
    /** The queue has it, from this publish. */
    ENQUEUED,
    /**
     * The queue has it already, from an earlier publish of the same id; it did not get it again.
     */
    SKIPPED,
    /** The queue does not have it. */
    FAILED
  }
}
