package io.w7s.sdk.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.test.annotation.DirtiesContext;

/**
 * Replaces the platform by one in memory in the context of a test, for {@code @SpringBootTest} or
 * another slice. {@link SpringW7sTest} has it. The context gets these beans, each of which gives
 * way to one of the application or the test:
 *
 * <ul>
 *   <li>{@link io.w7s.sdk.testing.InMemoryW7s}, to which the app of the context is deployed, and
 *       with which the test moves the clock, calls as other apps and deploys them;
 *   <li>its clock, a {@link io.w7s.sdk.emulator.time.VirtualTime}, which is the {@code TimeSource}
 *       of the context;
 *   <li>stores in memory of {@code ProcessedMessages}, {@code ParkedMessages} and {@code StepLog},
 *       unless there is one data source and {@code w7s-sdk-store}.
 * </ul>
 *
 * <p>Settings of the real platform, which are those of the bridge, the tokens, the URL, the router,
 * the environment and other apps on this machine, have no effect, and neither have beans of {@code
 * W7sConnectionDetails}. So the secrets that they name need not be there.
 *
 * <p>A test fails if messages, workflows or durable runs still wait at its end, if messages were
 * dropped in it or parked by handlers of beans, or if a durable run has failed and no handle was
 * asked for it since, unless {@link AllowLeftOver} lets it.
 *
 * <p>Each test method has a new context, and with it a new platform: messages, time and the memory
 * of stores never pass from one test to the next. Tests that shall share the context of their class
 * have {@code @DirtiesContext(classMode = AFTER_CLASS)}. Classes with this annotation run one after
 * the other, even if JUnit runs others in parallel.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
@ResourceLock("io.w7s.sdk.spring.test.AutoConfigureInMemoryW7s")
@ImportAutoConfiguration
public @interface AutoConfigureInMemoryW7s {}
