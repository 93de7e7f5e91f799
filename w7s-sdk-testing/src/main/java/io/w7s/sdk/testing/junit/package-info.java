/** JUnit 5.12 or later, and 6: a fresh platform for each test. */
@NullMarked
package io.w7s.sdk.testing.junit;

import org.jspecify.annotations.NullMarked;
