/** The names, stored envelopes and refusals of the platform. */
@NullMarked
package io.w7s.sdk.emulator.internal.wire;

import org.jspecify.annotations.NullMarked;
