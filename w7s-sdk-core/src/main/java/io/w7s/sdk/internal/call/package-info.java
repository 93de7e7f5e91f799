/**
 * The call pipeline, retry decisions, and the clients behind the interfaces. Not API: anything here
 * may change in any release.
 */
@NullMarked
package io.w7s.sdk.internal.call;

import org.jspecify.annotations.NullMarked;
