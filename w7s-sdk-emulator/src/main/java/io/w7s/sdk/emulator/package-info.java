/** The platform in memory: what it accepts, refuses, delivers and loses. */
@NullMarked
package io.w7s.sdk.emulator;

import org.jspecify.annotations.NullMarked;
