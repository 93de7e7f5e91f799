package io.w7s.sdk.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.retry.RetryPolicy;
import org.junit.jupiter.api.Test;

class StepOptionsTest {

  private static final RetryPolicy TWICE = RetryPolicy.standard().maxAttempts(2);

  @Test
  void whatRunsAtMostOnceIsNotRetried() {
    assertThatThrownBy(() -> new StepOptions().atMostOnce().retry(TWICE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("step retry", "2 attempts");
    assertThatThrownBy(() -> new StepOptions().retry(TWICE).atMostOnce())
        .isInstanceOf(InvalidInputException.class);
    assertThat(new StepOptions().retry(RetryPolicy.none()).atMostOnce().isAtMostOnce()).isTrue();
  }
}
