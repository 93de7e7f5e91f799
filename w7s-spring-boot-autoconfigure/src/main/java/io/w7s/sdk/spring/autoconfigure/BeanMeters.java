package io.w7s.sdk.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Binds the meters of each bean of a type when the bean and the registry are both there, in either
 * order. To bind meters must not create a bean: it may be lazy, or need the registry itself.
 *
 * @param <T> what has meters
 */
final class BeanMeters<T> implements BeanPostProcessor, MeterBinder {

  private final Class<T> type;
  private final BiFunction<T, Tags, MeterBinder> meters;
  private final Map<String, MeterBinder> beans = new LinkedHashMap<>();
  private final List<MeterRegistry> registries = new ArrayList<>();

  /**
   * Begins without beans.
   *
   * @param meters returns the meters of a bean, with a tag that holds its name
   */
  BeanMeters(Class<T> type, BiFunction<T, Tags, MeterBinder> meters) {
    this.type = type;
    this.meters = meters;
  }

  @Override
  public synchronized Object postProcessAfterInitialization(Object bean, String name) {
    if (type.isInstance(bean) && !beans.containsKey(name)) {
      MeterBinder ofBean = meters.apply(type.cast(bean), Tags.of("w7s.bean", name));
      beans.put(name, ofBean);
      registries.forEach(ofBean::bindTo);
    }
    return bean;
  }

  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    registries.add(registry);
    beans.values().forEach(ofBean -> ofBean.bindTo(registry));
  }
}
