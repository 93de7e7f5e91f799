package io.w7s.sdk.spring.autoconfigure;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.hosted.Bridge;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spring.internal.actuator.BridgeHealth;
import io.w7s.sdk.spring.internal.actuator.ExistingBeans;
import io.w7s.sdk.spring.internal.actuator.Probe;
import io.w7s.sdk.spring.internal.actuator.StoreProbe;
import io.w7s.sdk.spring.internal.actuator.W7sEndpoint;
import io.w7s.sdk.spring.internal.actuator.W7sHealthIndicator;
import io.w7s.sdk.store.StoreSchema;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The endpoint and the health of Spring Boot Actuator, both named {@code w7s}. */
@AutoConfiguration(after = {W7sAutoConfiguration.class, W7sConsumerAutoConfiguration.class})
public final class W7sActuatorAutoConfiguration {

  private static final String STORE = "w7sStoreProbe";
  private static final String BRIDGE = "w7sBridgeProbe";

  W7sActuatorAutoConfiguration() {}

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
  @ConditionalOnAvailableEndpoint(endpoint = W7sEndpoint.class)
  static class OfEndpoint {

    @Bean
    @ConditionalOnMissingBean
    static W7sEndpoint w7sEndpoint(
        W7sConfig config,
        ConfigurableListableBeanFactory beans,
        @Qualifier(STORE) ObjectProvider<Probe> store) {
      return new W7sEndpoint(config, new ExistingBeans(beans), store.stream().toList());
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
  @ConditionalOnEnabledHealthIndicator("w7s")
  static class OfHealth {

    @Bean
    @ConditionalOnMissingBean(name = "w7sHealthIndicator")
    static W7sHealthIndicator w7sHealthIndicator(
        @Qualifier(BRIDGE) ObjectProvider<Probe> bridge,
        @Qualifier(STORE) ObjectProvider<Probe> store) {
      List<Probe> probes = Stream.concat(bridge.stream(), store.stream()).toList();
      return new W7sHealthIndicator(probes);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(StoreSchema.class)
  static class OfStore {

    @Bean(STORE)
    static Probe w7sStoreProbe(ConfigurableListableBeanFactory beans) {
      return StoreProbe.of(new ExistingBeans(beans));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Bridge.class, ConditionalOnEnabledHealthIndicator.class})
  @ConditionalOnEnabledHealthIndicator("w7s")
  static class OfBridge {

    @Bean
    static BridgeHealth w7sBridgeHealth(W7sConfig config, TimeSource time) {
      return new BridgeHealth(config, time);
    }

    @Bean(BRIDGE)
    static Probe w7sBridgeProbe(BridgeHealth health) {
      return new Probe("bridge", health);
    }
  }
}
