package io.w7s.sdk.emulator.internal.queue;

import io.w7s.sdk.emulator.queue.EnqueueFault;
import io.w7s.sdk.emulator.queue.QueueSettings;
import io.w7s.sdk.spi.MessageStore;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the queue engine.
 *
 * @param defaults how a queue delivers that nobody configured
 * @param store keeps messages beyond the life of the platform
 * @param fault loses, duplicates or delays messages; null when each message arrives once
 * @param shuffled whether batches are made up in random order
 * @param deadLettersKept how many dead letters are kept
 */
public record QueueOptions(
    QueueSettings defaults,
    MessageStore store,
    @Nullable EnqueueFault fault,
    boolean shuffled,
    int deadLettersKept) {}
