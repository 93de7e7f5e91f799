package io.w7s.sdk.testing.junit;

import io.w7s.sdk.emulator.app.Limits;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.InMemoryW7s.Scope;
import io.w7s.sdk.testing.InMemoryW7sBuilder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Implements {@link W7sTest}. All state is in the store of the test's context. */
final class W7sExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(W7sExtension.class);

  /** The platform of one test. */
  private record Fixture(W7sTest settings, InMemoryW7s w7s) {}

  /** Makes the context of the test available to constructors, too. */
  @Override
  public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
    return ExtensionContextScope.TEST_METHOD;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    store(context).put(Scope.class, fixture(context).w7s().makeCurrent());
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return context.getTestMethod().isPresent()
        && (type == InMemoryW7s.class || type == VirtualTime.class || type == TimeSource.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    InMemoryW7s w7s = fixture(context).w7s();
    return parameter.getParameter().getType() == InMemoryW7s.class ? w7s : w7s.time();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Scope current = store(context).remove(Scope.class, Scope.class);
    if (current == null) {
      return; // beforeEach did not run
    }
    current.close();
    Fixture fixture = fixture(context);
    String leftOver = context.getExecutionException().isPresent() ? null : leftOver(fixture);
    if (leftOver != null || context.getExecutionException().isPresent()) {
      System.err.println(
          "Journal of " + context.getDisplayName() + ":\n" + fixture.w7s().journal());
    }
    if (leftOver != null) {
      throw new AssertionError(leftOver);
    }
  }

  private static @Nullable String leftOver(Fixture fixture) {
    LeftOver left = LeftOver.of(fixture.w7s());
    if (!fixture.settings().allowDeadLetters() && !left.deadLetters().isEmpty()) {
      return "Messages were dropped. Handle them, or set @W7sTest(allowDeadLetters = true):\n"
          + left.deadLetters();
    }
    if (!fixture.settings().allowFailedRuns() && !left.failedRuns().isEmpty()) {
      return "Durable runs have failed, and no handle has asked for them since. Call await or status"
          + " on it, or set @W7sTest(allowFailedRuns = true):\n"
          + left.failedRuns();
    }
    if (!fixture.settings().allowWaiting() && !left.waiting().isEmpty()) {
      return "Messages or workflows still wait at the end of the test. Run them with"
          + " runUntilIdle() or advance(...), or set @W7sTest(allowWaiting = true):\n"
          + left.waiting();
    }
    return null;
  }

  private static Fixture fixture(ExtensionContext context) {
    Fixture there = store(context).get(Fixture.class, Fixture.class);
    if (there != null) {
      return there;
    }
    W7sTest settings = settings(context);
    var created = new Fixture(settings, platform(settings));
    store(context).put(Fixture.class, created);
    return created;
  }

  private static InMemoryW7s platform(W7sTest settings) {
    InMemoryW7sBuilder builder =
        InMemoryW7s.builder()
            .start(start(settings))
            .seed(settings.seed())
            .platform(parts -> parts.limits(settings.limits() ? Limits.platform() : Limits.none()));
    return (settings.shuffled() ? builder.shuffled() : builder).build();
  }

  private static Instant start(W7sTest settings) {
    try {
      return Instant.parse(settings.start());
    } catch (DateTimeException e) {
      throw new ExtensionConfigurationException(
          "@W7sTest(start): found '%s', must be an instant such as 2026-01-01T00:00:00Z"
              .formatted(settings.start()),
          e);
    }
  }

  /** Returns the annotation of the method, or of the innermost class that has one. */
  private static W7sTest settings(ExtensionContext context) {
    for (var at = Optional.of(context); at.isPresent(); at = at.get().getParent()) {
      Optional<W7sTest> found =
          AnnotationSupport.findAnnotation(at.get().getElement(), W7sTest.class);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new ExtensionConfigurationException(
        "there is no @W7sTest around " + context.getDisplayName());
  }

  private static Store store(ExtensionContext context) {
    return context.getStore(NAMESPACE);
  }
}
