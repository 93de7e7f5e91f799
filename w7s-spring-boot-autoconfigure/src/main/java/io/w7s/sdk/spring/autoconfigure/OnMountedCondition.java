package io.w7s.sdk.spring.autoconfigure;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches unless {@code w7s.consumers.path} is set to nothing. */
final class OnMountedCondition implements Condition {

  OnMountedCondition() {}

  @Override
  public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
    return !"".equals(context.getEnvironment().getProperty("w7s.consumers.path"));
  }
}
