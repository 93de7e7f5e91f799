/** The schedules of a platform as users see them. */
@NullMarked
package io.w7s.sdk.emulator.schedule;

import org.jspecify.annotations.NullMarked;
