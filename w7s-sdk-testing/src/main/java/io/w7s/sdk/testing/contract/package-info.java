/** What every transport has to do, as tests; for JUnit and AssertJ. */
@NullMarked
package io.w7s.sdk.testing.contract;

import org.jspecify.annotations.NullMarked;
