/** The engine of the queues, from a send down to the app that consumes the message. */
@NullMarked
package io.w7s.sdk.emulator.internal.queue;

import org.jspecify.annotations.NullMarked;
