package io.w7s.sdk.spring.internal.handler;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows what is wrong with a handler, and what to write instead, without a stack trace. */
final class InvalidHandlerFailureAnalyzer extends AbstractFailureAnalyzer<InvalidHandlerException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidHandlerException cause) {
    return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
  }
}
