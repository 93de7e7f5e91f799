/** Calls to the platform over HTTP. */
@NullMarked
package io.w7s.sdk.hosted;

import org.jspecify.annotations.NullMarked;
