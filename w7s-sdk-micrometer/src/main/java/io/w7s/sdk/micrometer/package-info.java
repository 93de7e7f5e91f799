/**
 * Metrics and traces with Micrometer: calls and handlers as observations, and meters of queues,
 * pacing, the outbox, the event store and durable workflows.
 */
@NullMarked
package io.w7s.sdk.micrometer;

import org.jspecify.annotations.NullMarked;
