/** Not API: anything here may change in any release. */
@NullMarked
package io.w7s.sdk.internal;

import org.jspecify.annotations.NullMarked;
