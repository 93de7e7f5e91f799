package io.w7s.sdk.spring.test;

import io.w7s.sdk.spring.test.AllowLeftOver.Kind;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.junit.LeftOver;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/** Fails a test that has left something on its platform, unless it may: {@link AllowLeftOver}. */
final class LeftOverTestExecutionListener extends AbstractTestExecutionListener {

  LeftOverTestExecutionListener() {}

  /** Before that of {@code @DirtiesContext}, which closes the context: the last one ends first. */
  @Override
  public int getOrder() {
    return 20_000;
  }

  @Override
  public void afterTestMethod(TestContext test) {
    if (test.getTestException() == null
        && test.hasApplicationContext()
        && TestContextAnnotationUtils.hasAnnotation(
            test.getTestClass(), AutoConfigureInMemoryW7s.class)) {
      Set<Kind> allowed = allowed(test);
      ApplicationContext context = test.getApplicationContext();
      context.getBeanProvider(InMemoryW7s.class).ifUnique(w7s -> requireNothingLeft(w7s, allowed));
      context
          .getBeanProvider(ParkedInTest.class)
          .ifUnique(
              parked -> require(allowed, Kind.PARKED, "Messages were parked", parked.lines()));
    }
  }

  private static void requireNothingLeft(InMemoryW7s w7s, Set<Kind> allowed) {
    LeftOver left = LeftOver.of(w7s);
    require(allowed, Kind.DEAD_LETTERS, "Messages were dropped", left.deadLetters());
    require(
        allowed,
        Kind.WAITING,
        "Messages or workflows still wait at the end of the test, which can run them with"
            + " runUntilIdle() or advance(...)",
        left.waiting());
    require(
        allowed,
        Kind.FAILED_RUNS,
        "Durable runs have failed, and no handle has asked for them since",
        left.failedRuns());
  }

  private static void require(Set<Kind> allowed, Kind kind, String what, String left) {
    if (!left.isEmpty() && !allowed.contains(kind)) {
      throw new AssertionError(
          "%s. If the test means it, annotate it with @AllowLeftOver(%s):\n%s"
              .formatted(what, kind, left));
    }
  }

  private static Set<Kind> allowed(TestContext test) {
    AllowLeftOver ofMethod =
        AnnotatedElementUtils.findMergedAnnotation(test.getTestMethod(), AllowLeftOver.class);
    AllowLeftOver allowed =
        ofMethod != null
            ? ofMethod
            : TestContextAnnotationUtils.findMergedAnnotation(
                test.getTestClass(), AllowLeftOver.class);
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    if (allowed != null) {
      kinds.addAll(List.of(allowed.value()));
    }
    return kinds;
  }
}
