package io.w7s.sdk.spring.internal.actuator;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The beans that are there already. To look at a store must not create it, because its tables would
 * be created with it.
 */
public record ExistingBeans(ConfigurableListableBeanFactory beans) {

  /** Returns those of a type. */
  public <T> List<T> of(Class<T> type) {
    return Arrays.stream(beans.getBeanNamesForType(type, true, false))
        .filter(beans::containsSingleton)
        .map(name -> beans.getBean(name, type))
        .toList();
  }

  <T> Optional<T> first(Class<T> type) {
    return of(type).stream().findFirst();
  }
}
