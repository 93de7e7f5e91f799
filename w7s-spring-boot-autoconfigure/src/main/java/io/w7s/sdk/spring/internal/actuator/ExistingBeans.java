package io.w7s.sdk.spring.internal.actuator;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The beans that are there already. To look at a store must not create it, because its tables would
 * be created with it.
 */
public record ExistingBeans(ConfigurableListableBeanFactory beans) {

  /** Returns those of a type, by their names. */
  <T> Map<String, T> of(Class<T> type) {
    var existing = new LinkedHashMap<String, T>();
    for (String name : beans.getBeanNamesForType(type, true, false)) {
      if (beans.containsSingleton(name)) {
        existing.put(name, beans.getBean(name, type));
      }
    }
    return existing;
  }

  /** Returns the primary one of a type, or else the first. */
  <T> Optional<T> first(Class<T> type) {
    return of(type).entrySet().stream()
        .min(Comparator.comparing(bean -> !isPrimary(bean.getKey())))
        .map(Map.Entry::getValue);
  }

  private boolean isPrimary(String name) {
    return beans.containsBeanDefinition(name) && beans.getMergedBeanDefinition(name).isPrimary();
  }
}
