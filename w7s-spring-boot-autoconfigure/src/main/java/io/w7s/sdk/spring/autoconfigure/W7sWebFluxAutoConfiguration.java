package io.w7s.sdk.spring.autoconfigure;

import io.w7s.sdk.spring.internal.DeliveryGate;
import io.w7s.sdk.spring.internal.web.MountedWebHandler;
import io.w7s.sdk.spring.internal.web.RecordingWebFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import reactor.core.scheduler.Schedulers;

/** Serves the app in the WebFlux server of the application. */
@AutoConfiguration(after = W7sConsumerAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean(DeliveryGate.class)
@Conditional(OnMountedCondition.class)
public final class W7sWebFluxAutoConfiguration {

  W7sWebFluxAutoConfiguration() {}

  @Bean
  static WebMount w7sWebMount(W7sProperties properties) {
    return new WebMount(properties.consumers().path());
  }

  @Bean
  static RecordingWebFilter w7sRecordingWebFilter(DeliveryGate gate, WebMount mount) {
    return new RecordingWebFilter(gate, mount.path());
  }

  @Bean
  static MountedWebHandler w7sWebHandler(DeliveryGate gate) {
    return new MountedWebHandler(gate, Schedulers.boundedElastic());
  }
}
