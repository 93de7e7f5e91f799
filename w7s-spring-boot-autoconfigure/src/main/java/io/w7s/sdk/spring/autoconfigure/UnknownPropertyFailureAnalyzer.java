package io.w7s.sdk.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which property was meant. */
final class UnknownPropertyFailureAnalyzer
    extends AbstractFailureAnalyzer<UnknownPropertyException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, UnknownPropertyException cause) {
    return new FailureAnalysis(
        cause.getMessage() + ": nothing reads it.",
        "The nearest known property is %s. Use that, or remove the unknown one."
            .formatted(cause.nearest()),
        cause);
  }
}
