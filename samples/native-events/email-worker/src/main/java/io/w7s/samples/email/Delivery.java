package io.w7s.samples.email;

import static java.util.Objects.requireNonNullElse;

import io.w7s.sdk.queue.QueueBatch;
import io.w7s.sdk.queue.QueueMessage;
import java.time.Instant;

/**
 * An event that was delivered, and how it came.
 *
 * @param id the event's id, or the message's where the event has none
 * @param repository the app that published it
 * @param queueCaller the app that put it on the queue
 */
record Delivery(
    String id,
    String queue,
    Instant receivedAt,
    String repository,
    String subject,
    Object data,
    String routedOwner,
    String routedRepo,
    String originalPath,
    String queueCaller) {

  static Delivery of(QueueBatch<Event> batch, QueueMessage<Event> message, Instant receivedAt) {
    Event event = requireNonNullElse(message.body(), Event.EMPTY);
    return new Delivery(
        requireNonNullElse(event.id(), message.id()),
        batch.queue(),
        receivedAt,
        event.source(),
        event.subject(),
        event.data(),
        batch.headers().first("x-w7s-org-slug").orElse(null),
        batch.headers().first("x-w7s-repo-slug").orElse(null),
        batch.headers().first("x-w7s-original-path").orElse(null),
        message.caller().map(caller -> caller.app().toString()).orElse(null));
  }
}
