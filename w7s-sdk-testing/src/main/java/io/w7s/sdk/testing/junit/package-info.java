/** Support for JUnit 5.12 or later and JUnit 6: a new platform for each test. */
@NullMarked
package io.w7s.sdk.testing.junit;

import org.jspecify.annotations.NullMarked;
