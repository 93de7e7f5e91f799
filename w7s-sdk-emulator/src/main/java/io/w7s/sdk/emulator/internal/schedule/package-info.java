/** The engine of the schedules. */
@NullMarked
package io.w7s.sdk.emulator.internal.schedule;

import org.jspecify.annotations.NullMarked;
