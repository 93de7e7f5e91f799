package io.w7s.sdk.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.autoconfigure.json.AutoConfigureJson;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Tests the handlers of a Spring Boot application on the platform in memory, without the rest of
 * the application. The clock is virtual, and there is no socket, no server and no container.
 *
 * <pre>{@code
 * @SpringW7sTest
 * @Import(Warehouse.class)
 * class OrderHandlersTest {
 *   @Autowired InMemoryW7s w7s;
 *   @Autowired Warehouse warehouse;
 *
 *   @Test void anOrderIsPacked() {
 *     w7s.as("acme/website").queues().send(ORDERS, new Order("o1"));
 *     w7s.runUntilIdle();
 *     assertThat(warehouse.packed()).containsExactly("o1");
 *   }
 * }
 * }</pre>
 *
 * <p>The context has:
 *
 * <ul>
 *   <li>of the components of the application, those that have an annotated handler, those of types
 *       that change what the SDK does, such as {@code W7sAppCustomizer}, {@code W7sCustomizer} and
 *       the interceptors, and those that change its JSON. All else that a handler needs is imported
 *       by the test, or replaced by a mock;
 *   <li>the beans of the application's main class, as in all slices;
 *   <li>the beans of the SDK, the JSON mapper, and what {@link AutoConfigureInMemoryW7s} adds: the
 *       {@link io.w7s.sdk.testing.InMemoryW7s}, to which the app is deployed, its clock, and stores
 *       in memory. If the test has a {@code DataSource} bean, the stores are those on it, and
 *       {@code @Transactional} works.
 * </ul>
 *
 * <p>As in production, the handlers are compared with the {@code w7s.json} of the application, and
 * the context does not start if they differ. Each test has a context of its own; see {@link
 * AutoConfigureInMemoryW7s}.
 *
 * <p>Not to be confused with {@code io.w7s.sdk.testing.junit.W7sTest}, which gives a test a
 * platform without Spring.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@BootstrapWith(SpringW7sTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(HandlerTypeExcludeFilter.class)
@AutoConfigureJson
@AutoConfigureInMemoryW7s
@ImportAutoConfiguration
public @interface SpringW7sTest {

  /** Properties {@code name=value} that are added to the environment before the test runs. */
  String[] properties() default {};

  /** Whether the components above are included; if not, only those of {@link #includeFilters}. */
  boolean useDefaultFilters() default true;

  /** Which other components of the application are included. */
  Filter[] includeFilters() default {};

  /** Which components are left out although they would be included. */
  Filter[] excludeFilters() default {};

  /** Which auto-configuration of the slice is left out. */
  @AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
  Class<?>[] excludeAutoConfiguration() default {};
}
