package io.w7s.sdk.spi;

import java.time.Duration;

/**
 * What a transport has to know of an attempt beside the operation.
 *
 * @param attempt which attempt this is, from 1
 * @param timeout how long the attempt may take, from connecting to the last byte of the answer;
 *     positive
 */
public record CallContext(int attempt, Duration timeout) {}
