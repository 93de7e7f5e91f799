package io.w7s.sdk.spring.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.TestPropertySourceUtils;

/** Sets the mode of the tests that have {@link AutoConfigureInMemoryW7s}. */
final class InMemoryW7sContextCustomizerFactory implements ContextCustomizerFactory {

  /** An empty setting is none; a secret in a variable, {@code ${W7S_SECRET}}, is not looked for. */
  private static final String[] IN_MEMORY = {
    "w7s.mode=memory",
    "w7s.environment=",
    "w7s.url=",
    "w7s.token.rpc=",
    "w7s.token.queue=",
    "w7s.token.workflow=",
    "w7s.token.events=",
    "w7s.bridge.url=",
    "w7s.bridge.secret=",
    "w7s.bridge.previous-secret=",
    "w7s.bridge.previous-secret-until=",
    "w7s.events.router=",
    "w7s.local.store="
  };

  /** A record, because contexts are cached by what is equal. */
  private record InMemory() implements ContextCustomizer {

    @Override
    public void customizeContext(
        ConfigurableApplicationContext context, MergedContextConfiguration merged) {
      TestPropertySourceUtils.addInlinedPropertiesToEnvironment(context, IN_MEMORY);
    }
  }

  InMemoryW7sContextCustomizerFactory() {}

  @Override
  public @Nullable ContextCustomizer createContextCustomizer(
      Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
    return TestContextAnnotationUtils.hasAnnotation(testClass, AutoConfigureInMemoryW7s.class)
        ? new InMemory()
        : null;
  }
}
