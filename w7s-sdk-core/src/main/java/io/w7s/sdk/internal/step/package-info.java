/** Runs the bodies of durable workflows. Not API. */
@NullMarked
package io.w7s.sdk.internal.step;

import org.jspecify.annotations.NullMarked;
