package io.w7s.sdk.store.event;

import java.util.OptionalLong;

/**
 * What a store has taken.
 *
 * @param id the event's id
 * @param version its number in its stream, from 1; empty when it has no stream
 */
public record AppendReceipt(String id, OptionalLong version) {}
