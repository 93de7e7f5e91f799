/** Events on their way to the queues of their subscribers. */
@NullMarked
package io.w7s.sdk.emulator.internal.event;

import org.jspecify.annotations.NullMarked;
