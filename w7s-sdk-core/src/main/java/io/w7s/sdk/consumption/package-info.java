/**
 * Reliable consumption: each message is handled once, and one that cannot be handled is set aside
 * without its neighbours. {@link io.w7s.sdk.consumption.Consumption} has the settings; {@link
 * io.w7s.sdk.consumption.ProcessedMessages} and {@link io.w7s.sdk.consumption.ParkedMessages} are
 * the stores behind it.
 */
@NullMarked
package io.w7s.sdk.consumption;

import org.jspecify.annotations.NullMarked;
