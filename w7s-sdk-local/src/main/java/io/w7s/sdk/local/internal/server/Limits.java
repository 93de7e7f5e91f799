package io.w7s.sdk.local.internal.server;

import java.time.Duration;

/**
 * What one sender may cost a server, so that no sender locks out the others.
 *
 * @param connections how many connections are served at a time
 * @param idle how long a connection may be silent before the first byte of a request
 * @param head how long the head of a request may take from its first byte on
 * @param body how long a body may take beside the time that {@code bytesPerSecond} gives it
 * @param bytesPerSecond the least rate of a body
 * @param bodyMemory how many bytes the bodies of all requests under way may hold, beside the first
 *     {@link BodyMemory#FREE_BYTES} of each
 */
record Limits(
    int connections,
    Duration idle,
    Duration head,
    Duration body,
    int bytesPerSecond,
    long bodyMemory) {}
