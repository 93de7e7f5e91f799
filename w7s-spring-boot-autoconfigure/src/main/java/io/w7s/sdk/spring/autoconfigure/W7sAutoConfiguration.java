package io.w7s.sdk.spring.autoconfigure;

import io.w7s.sdk.W7s;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.event.EventsClient;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.queue.QueueClient;
import io.w7s.sdk.rpc.RpcClient;
import io.w7s.sdk.spi.CallInterceptor;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spi.Transport;
import io.w7s.sdk.spi.TransportProvider;
import io.w7s.sdk.spring.W7sConnectionDetails;
import io.w7s.sdk.spring.W7sCustomizer;
import io.w7s.sdk.workflow.WorkflowClient;
import java.util.ServiceLoader;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.ConfigurableEnvironment;
import tools.jackson.databind.json.JsonMapper;

/**
 * The {@link W7s} of the application and its four clients. Each bean backs off when the application
 * has one of its type.
 */
@AutoConfiguration(
    afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@EnableConfigurationProperties(W7sProperties.class)
public final class W7sAutoConfiguration {

  W7sAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  static W7sConfig w7sConfig(
      ConfigurableEnvironment environment, ObjectProvider<W7sConnectionDetails> details) {
    var settings = new EnvironmentSettings(environment);
    settings.refuseUnknown();
    W7sConfig.Builder config = W7sConfig.builder();
    if (!settings.areInMemory()) {
      details.orderedStream().forEach(each -> each.configure(config));
    }
    return config.load(settings.properties(), settings.variables());
  }

  /** Uses the application's own mapper, so that {@code spring.jackson} and its modules apply. */
  @Bean
  @ConditionalOnMissingBean
  static JsonCodec w7sJsonCodec(ObjectProvider<JsonMapper> mapper) {
    JsonMapper own = mapper.getIfAvailable();
    return own == null ? JacksonCodec.create() : JacksonCodec.of(own);
  }

  /** Returns the clock of the transport, which is virtual in mode memory. */
  @Bean
  @ConditionalOnMissingBean
  static TimeSource w7sTimeSource(W7sConfig config) {
    if (config.mode() != W7sConfig.Mode.MEMORY) {
      return TimeSource.system();
    }
    return ServiceLoader.load(TransportProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.mode() == W7sConfig.Mode.MEMORY)
        .findFirst()
        .map(TransportProvider::time)
        .orElseGet(TimeSource::system);
  }

  @Bean
  @ConditionalOnMissingBean
  static W7s w7s(
      W7sConfig config,
      JsonCodec codec,
      TimeSource time,
      ObjectProvider<Transport> transport,
      ObjectProvider<CallInterceptor> interceptors,
      ObjectProvider<W7sCustomizer> customizers) {
    W7s.Builder w7s = W7s.builder(config).codec(codec).time(time);
    transport.ifAvailable(w7s::transport);
    interceptors.orderedStream().forEach(w7s::intercept);
    customizers.orderedStream().forEach(each -> each.customize(w7s));
    return w7s.build();
  }

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  static RpcClient w7sRpcClient(W7s w7s) {
    return w7s.rpc();
  }

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  static QueueClient w7sQueueClient(W7s w7s) {
    return w7s.queues();
  }

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  static EventsClient w7sEventsClient(W7s w7s) {
    return w7s.events();
  }

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  static WorkflowClient w7sWorkflowClient(W7s w7s) {
    return w7s.workflows();
  }
}
