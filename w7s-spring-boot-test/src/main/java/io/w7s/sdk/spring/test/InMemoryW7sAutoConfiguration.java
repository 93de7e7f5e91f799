package io.w7s.sdk.spring.test;

import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.spring.autoconfigure.W7sAutoConfiguration;
import io.w7s.sdk.testing.InMemoryW7s;
import io.w7s.sdk.testing.MemoryTransportProvider;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The platform in memory, its clock, the way to it, and the app on it. */
@AutoConfiguration(before = W7sAutoConfiguration.class)
final class InMemoryW7sAutoConfiguration {

  InMemoryW7sAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  static InMemoryW7s inMemoryW7s(JsonCodec codec) {
    return InMemoryW7s.builder().codec(codec).build();
  }

  @Bean
  @ConditionalOnMissingBean(TimeSource.class)
  static VirtualTime w7sVirtualTime(InMemoryW7s w7s) {
    return w7s.time();
  }

  @Bean
  @ConditionalOnMissingBean
  static Transport w7sMemoryTransport(InMemoryW7s w7s, W7sConfig config, TimeSource time) {
    InMemoryW7s.Scope current = w7s.makeCurrent();
    try {
      return new MemoryTransportProvider().create(config, time);
    } finally {
      current.close();
    }
  }

  @Bean
  static ParkedInTest w7sParkedInTest() {
    return new ParkedInTest();
  }

  @Bean
  static AppDeployment w7sAppDeployment(
      InMemoryW7s w7s, W7sConfig config, ObjectProvider<W7sApp> app) {
    return new AppDeployment(w7s, config.environment(), app);
  }
}
