package io.w7s.sdk.spring.test;

import static java.util.Objects.requireNonNullElse;

import io.w7s.sdk.spring.test.AllowLeftOver.Kind;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.junit.LeftOver;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/** Fails a test that has left something on its platform, unless it may: {@link AllowLeftOver}. */
final class LeftOverTestExecutionListener extends AbstractTestExecutionListener {

  private static final String BEFORE = LeftOver.class.getName();
  private static final LeftOver NOTHING = new LeftOver("", "", "");

  LeftOverTestExecutionListener() {}

  /** Before that of {@code @DirtiesContext}, which closes the context: the last one ends first. */
  @Override
  public int getOrder() {
    return 20_000;
  }

  /** What was dropped or failed in tests before, which may share the context. */
  @Override
  public void beforeTestMethod(TestContext test) {
    if (isOnPlatform(test)) {
      ApplicationContext context = test.getApplicationContext();
      context
          .getBeanProvider(InMemoryW7s.class)
          .ifUnique(w7s -> test.setAttribute(BEFORE, LeftOver.of(w7s)));
      context.getBeanProvider(ParkedInTest.class).ifUnique(ParkedInTest::clear);
    }
  }

  private static boolean isOnPlatform(TestContext test) {
    return test.hasApplicationContext()
        && TestContextAnnotationUtils.hasAnnotation(
            test.getTestClass(), AutoConfigureInMemoryW7s.class);
  }

  @Override
  public void afterTestMethod(TestContext test) {
    Object before = requireNonNullElse(test.removeAttribute(BEFORE), NOTHING);
    if (test.getTestException() == null && isOnPlatform(test)) {
      Set<Kind> allowed = allowed(test);
      ApplicationContext context = test.getApplicationContext();
      context
          .getBeanProvider(InMemoryW7s.class)
          .ifUnique(w7s -> requireNothingLeft(w7s, allowed, (LeftOver) before));
      context
          .getBeanProvider(ParkedInTest.class)
          .ifUnique(
              parked -> require(allowed, Kind.PARKED, "Messages were parked", parked.lines()));
    }
  }

  private static void requireNothingLeft(InMemoryW7s w7s, Set<Kind> allowed, LeftOver before) {
    LeftOver left = LeftOver.of(w7s);
    require(
        allowed,
        Kind.DEAD_LETTERS,
        "Messages were dropped",
        without(before.deadLetters(), left.deadLetters()));
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
        without(before.failedRuns(), left.failedRuns()));
  }

  private static String without(String linesBefore, String lines) {
    Set<String> known = linesBefore.lines().collect(Collectors.toSet());
    return lines.lines().filter(line -> !known.contains(line)).collect(Collectors.joining("\n"));
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
