package io.w7s.sdk.queue;

import java.time.Instant;
import java.util.Optional;

/**
 * What a message that came as a CloudEvent says of itself beside its data.
 *
 * @param id its id, which with the source tells it from all others
 * @param source where it comes from, a URI reference; {@code owner/repo} when an app of this SDK
 *     sent it
 * @param type what has happened
 * @param time when it happened; empty when it does not say
 */
public record CloudEvent(String id, String source, String type, Optional<Instant> time) {}
