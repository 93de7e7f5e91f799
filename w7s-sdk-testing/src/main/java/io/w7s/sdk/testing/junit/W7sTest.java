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
 * Gives each test a fresh platform in memory. A test method, a {@code @BeforeEach} or
 * {@code @AfterEach} method or the constructor gets it as a parameter of type {@link InMemoryW7s},
 * and its clock as one of type {@link io.w7s.sdk.emulator.time.VirtualTime} or {@link
 * io.w7s.sdk.spi.TimeSource}. It is also the one that {@code W7s.fromEnvironment()} finds in mode
 * memory on the test's thread.
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
 * <p>After the test it is an error when messages or workflows still wait, or when messages were
 * dropped, unless that is allowed. When a test failed, the platform's journal is printed to the
 * standard error. An annotation on the method takes the place of the one on its class. Tests may
 * run in parallel.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(W7sExtension.class)
@SuppressWarnings("exports") // JUnit makes the extension by reflection; nobody else has to see it
public @interface W7sTest {

  /** Where the clock starts, in ISO 8601 such as {@code 2026-01-01T00:00:00Z}. */
  String start() default "2026-01-01T00:00:00Z";

  /** What all chance comes from. */
  long seed() default 1;

  /** Whether what is due at the same moment runs in an order that the seed gives. */
  boolean shuffled() default false;

  /** Whether the platform's limits a day and a minute are on. */
  boolean limits() default false;

  /** Whether messages and workflows may still wait when the test is over. */
  boolean allowWaiting() default false;

  /** Whether messages may be dropped. */
  boolean allowDeadLetters() default false;
}
