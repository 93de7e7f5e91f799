/** The platform in memory for tests, with a virtual clock, a journal and faults. */
@NullMarked
package io.w7s.sdk.testing;

import org.jspecify.annotations.NullMarked;
