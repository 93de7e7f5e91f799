/** What the SDK hands to its exceptions. Not API: anything here may change in any release. */
@NullMarked
package io.w7s.sdk.internal.error;

import org.jspecify.annotations.NullMarked;
