/** Assertions about the platform in memory, for AssertJ. */
@NullMarked
package io.w7s.sdk.testing.assertj;

import org.jspecify.annotations.NullMarked;
