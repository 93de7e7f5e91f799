/** Handlers that run by the clock. */
@NullMarked
package io.w7s.sdk.schedule;

import org.jspecify.annotations.NullMarked;
