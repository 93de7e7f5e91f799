package io.w7s.sdk.spring.test;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/** Adds the properties of {@link SpringW7sTest}. */
final class SpringW7sTestContextBootstrapper
    extends TestSliceTestContextBootstrapper<SpringW7sTest> {}
