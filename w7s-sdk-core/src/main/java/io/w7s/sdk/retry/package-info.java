/** When and how a failed call is tried again. */
@NullMarked
package io.w7s.sdk.retry;

import org.jspecify.annotations.NullMarked;
