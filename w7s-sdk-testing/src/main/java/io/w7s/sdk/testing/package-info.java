/** The platform in memory for tests: apps, a virtual clock, a journal, faults. */
@NullMarked
package io.w7s.sdk.testing;

import org.jspecify.annotations.NullMarked;
