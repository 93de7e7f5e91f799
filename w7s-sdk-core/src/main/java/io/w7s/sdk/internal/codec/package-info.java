/** Takes bodies to a codec and back. Not API: anything here may change in any release. */
@NullMarked
package io.w7s.sdk.internal.codec;

import org.jspecify.annotations.NullMarked;
