package io.w7s.sdk.queue;

import java.time.Instant;
import java.util.Optional;

/**
 * The attributes of a message that was sent as a CloudEvent. Its data is the message's body.
 *
 * @param id the event's id, unique together with the source
 * @param source where the event comes from, a URI reference; {@code owner/repo} where an app of
 *     this SDK sent it
 * @param type what has happened
 * @param time when it happened; empty where the event does not say
 */
public record CloudEvent(String id, String source, String type, Optional<Instant> time) {}
