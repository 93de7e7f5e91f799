package io.w7s.sdk.spring.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.testing.InMemoryW7s;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the starter adds to a context. How long it takes is measured by {@link StartCost}. */
class StartCostTest {

  private static List<String> beans(ApplicationContextRunner runner) {
    List<String> names = new ArrayList<>();
    try (InMemoryW7s.Scope current = InMemoryW7s.create().makeCurrent()) {
      runner.run(context -> names.addAll(List.of(context.getBeanDefinitionNames())));
    }
    return names;
  }

  @Test
  void allOfTheStarterIsFortyBeansAtMost() {
    List<String> added = beans(StartCost.withStarter());
    added.removeAll(beans(StartCost.bare()));

    assertThat(added).contains("w7s", "w7sEndpoint", "w7sEventStore").hasSizeLessThanOrEqualTo(40);
  }
}
