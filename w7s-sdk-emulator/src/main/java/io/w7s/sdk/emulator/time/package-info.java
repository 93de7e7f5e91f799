/** Time that moves when it is told to, time that moves by itself, and what is due in either. */
@NullMarked
package io.w7s.sdk.emulator.time;

import org.jspecify.annotations.NullMarked;
