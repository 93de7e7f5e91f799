package io.w7s.sdk.emulator.internal.queue;

import io.w7s.sdk.emulator.queue.QueueListener;
import io.w7s.sdk.emulator.time.Timeline;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What every queue of a platform uses.
 *
 * @param shuffle shuffles the messages before a batch is taken; null to keep their order
 */
record QueueContext(
    Timeline timeline,
    QueueConsumer consumer,
    KeptMessages kept,
    DeadLetters deadLetters,
    QueueListener listener,
    @Nullable RandomGenerator shuffle) {}
