/** The tests that every transport must pass, for JUnit and AssertJ. */
@NullMarked
package io.w7s.sdk.testing.contract;

import org.jspecify.annotations.NullMarked;
