/**
 * Tests of Spring applications on the platform in memory: a slice with the handlers of the
 * application, and the same platform for a test of the whole application.
 */
@NullMarked
package io.w7s.sdk.spring.test;

import org.jspecify.annotations.NullMarked;
