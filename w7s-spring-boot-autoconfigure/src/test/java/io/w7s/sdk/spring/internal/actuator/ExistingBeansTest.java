package io.w7s.sdk.spring.internal.actuator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/** Which bean is shown where several are there. */
class ExistingBeansTest {

  private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
  private final ExistingBeans existing = new ExistingBeans(beans);

  private void define(String name, Consumer<BeanDefinition> settings) {
    BeanDefinition definition =
        BeanDefinitionBuilder.genericBeanDefinition(String.class, () -> name).getBeanDefinition();
    settings.accept(definition);
    beans.registerBeanDefinition(name, definition);
  }

  @Test
  void thePrimaryBeanComesFirst() {
    define("one", bean -> {});
    define("main", bean -> bean.setPrimary(true));
    define("other", bean -> {});
    beans.preInstantiateSingletons();

    assertThat(existing.first(String.class)).hasValue("main");
    assertThat(existing.of(String.class)).containsOnlyKeys("one", "main", "other");
  }

  @Test
  void aBeanThatNobodyHasAskedForIsNotThere() {
    define("one", bean -> {});
    define(
        "main",
        bean -> {
          bean.setPrimary(true);
          bean.setLazyInit(true);
        });
    beans.preInstantiateSingletons();

    assertThat(existing.first(String.class)).hasValue("one");
    assertThat(beans.containsSingleton("main")).isFalse();
  }
}
