package io.w7s.sdk.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.assertj.ApplicationContextAssertProvider;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** What Spring Boot prints when a context does not start. */
public final class Failures {

  private Failures() {}

  /** Returns what one of the starter's analyzers says. */
  public static FailureAnalysis of(ApplicationContextAssertProvider<?> context) {
    assertThat(context.getStartupFailure()).as("failure of the start").isNotNull();
    List<FailureAnalyzer> analyzers =
        SpringFactoriesLoader.forDefaultResourceLocation()
            .load(
                FailureAnalyzer.class,
                null,
                (type, name, failure) -> {}); // those of others that want a bean factory
    for (FailureAnalyzer analyzer : analyzers) {
      if (analyzer.getClass().getName().startsWith("io.w7s.")) {
        FailureAnalysis analysis = analyzer.analyze(context.getStartupFailure());
        if (analysis != null) {
          return analysis;
        }
      }
    }
    throw new AssertionError("nothing explains this", context.getStartupFailure());
  }
}
