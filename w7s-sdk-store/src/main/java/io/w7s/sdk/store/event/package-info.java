/**
 * Durable events: the {@linkplain io.w7s.sdk.store.event.EventStore store} that keeps them, the
 * {@linkplain io.w7s.sdk.store.event.Outbox outbox} that sends them once their transaction has
 * committed, {@linkplain io.w7s.sdk.store.event.Replay replay}, and {@linkplain
 * io.w7s.sdk.store.event.LatestState the latest state by key}.
 */
@NullMarked
package io.w7s.sdk.store.event;

import org.jspecify.annotations.NullMarked;
