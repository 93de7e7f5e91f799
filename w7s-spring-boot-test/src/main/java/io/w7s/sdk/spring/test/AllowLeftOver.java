package io.w7s.sdk.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets a test on the platform in memory leave something that would fail it otherwise; see {@link
 * AutoConfigureInMemoryW7s}. On a method, it replaces the one on its class.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface AllowLeftOver {

  /** What a test can leave. */
  enum Kind {
    /** Messages, workflows and durable runs that still wait at its end. */
    WAITING,
    /** Messages that the platform has dropped. */
    DEAD_LETTERS,
    /** Durable runs that have failed, and that no handle has asked for since. */
    FAILED_RUNS,
    /** Messages that were parked in the course of it. */
    PARKED
  }

  /** What may be left. */
  Kind[] value();
}
