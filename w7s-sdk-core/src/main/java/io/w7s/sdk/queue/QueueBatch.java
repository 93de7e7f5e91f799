package io.w7s.sdk.queue;

import io.w7s.sdk.Headers;
import java.util.List;

/**
 * The messages of one delivery. The platform acknowledges it whole: when the handler returns all of
 * them are done, when it throws all of them come again.
 *
 * @param queue the queue's name
 * @param messages the messages, at least one, in no particular order; unmodifiable
 * @param headers the headers of the delivery
 * @param <T> what a message body is
 */
public record QueueBatch<T>(String queue, List<QueueMessage<T>> messages, Headers headers) {}
