/** Virtual and real time, and the agenda of the items that are due. */
@NullMarked
package io.w7s.sdk.emulator.time;

import org.jspecify.annotations.NullMarked;
