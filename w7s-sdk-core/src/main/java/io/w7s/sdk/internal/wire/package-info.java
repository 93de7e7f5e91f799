/**
 * Every envelope on the wire, in both directions. Not API: anything here may change in any release.
 */
@NullMarked
package io.w7s.sdk.internal.wire;

import org.jspecify.annotations.NullMarked;
