package io.w7s.sdk.spring.autoconfigure;

import io.w7s.sdk.error.ConfigurationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows what the SDK says of a setting that is missing or wrong, without a stack trace. */
final class ConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ConfigurationException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, ConfigurationException cause) {
    return new FailureAnalysis(
        cause.getMessage(),
        "Change the setting, in application.yaml or wherever the environment of the application"
            + " has it.",
        cause);
  }
}
