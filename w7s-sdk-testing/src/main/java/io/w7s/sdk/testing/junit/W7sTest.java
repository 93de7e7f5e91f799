package io.w7s.sdk.testing.junit;

import io.w7s.sdk.testing.InMemoryW7s;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test a new platform in memory. A test method, a {@code @BeforeEach} or
 * {@code @AfterEach} method or the constructor can have a parameter of type {@link InMemoryW7s} for
 * the platform, or of type {@link io.w7s.sdk.emulator.time.VirtualTime} or {@link
 * io.w7s.sdk.spi.TimeSource} for its clock. On the test's thread, {@code W7s.fromEnvironment()}
 * uses this platform in mode memory.
 *
 * <pre>{@code
 * @W7sTest
 * class WorkerTest {
 *   @Test void mailsTheBuyer(InMemoryW7s w7s) {
 *     w7s.deploy(worker);
 *     w7s.as("acme/order-api").events().publish(ORDER_CREATED, order);
 *     w7s.runUntilIdle();
 *     assertThat(w7s).queue("acme/worker", "events").hasDelivered(1).hasNoDeadLetters();
 *   }
 * }
 * }</pre>
 *
 * <p>A test fails if messages or workflows still wait at its end, also durable runs that wait for a
 * time or an event, if messages were dropped, or if a durable run has failed and no handle has
 * asked for it since, unless the annotation allows it. If a test fails, the platform's journal is
 * printed to the standard error. An annotation on a method replaces the one on its class. Tests may
 * run in parallel.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(W7sExtension.class)
@SuppressWarnings("exports") // only JUnit uses the extension, by reflection
public @interface W7sTest {

  /** The start of the clock in ISO 8601, such as {@code 2026-01-01T00:00:00Z}. */
  String start() default "2026-01-01T00:00:00Z";

  /** The seed of everything that is random. */
  long seed() default 1;

  /** Whether tasks that are due at the same moment run in an order that the seed determines. */
  boolean shuffled() default false;

  /** Whether the platform's daily and minute limits apply. */
  boolean limits() default false;

  /** Whether messages, workflows and durable runs may still wait at the end of the test. */
  boolean allowWaiting() default false;

  /** Whether messages may be dropped. */
  boolean allowDeadLetters() default false;

  /**
   * Whether durable runs may fail without being asked for. One that was started here is asked for
   * by {@code await} and {@code status} of its handle; the log itself may be asked without that.
   */
  boolean allowFailedRuns() default false;
}
