package io.w7s.sdk.spring.autoconfigure;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.W7sConfig;
import io.w7s.sdk.app.HandlerInterceptor;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.signature.UsedSignatures;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spring.W7sAppCustomizer;
import io.w7s.sdk.spring.autoconfigure.ConsumerLifecycle.Served;
import io.w7s.sdk.spring.internal.DeliveryGate;
import io.w7s.sdk.spring.internal.handler.AnnotatedHandlers;
import io.w7s.sdk.spring.internal.handler.InvalidHandlerException;
import io.w7s.sdk.spring.internal.handler.ManifestCheck;
import io.w7s.sdk.step.StepLog;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.io.ResourceLoader;

/** The app whose handlers are the annotated methods of beans. */
@AutoConfiguration(after = {W7sAutoConfiguration.class, W7sStoreAutoConfiguration.class})
@ConditionalOnBooleanProperty(name = "w7s.consumers.enabled", matchIfMissing = true)
public final class W7sConsumerAutoConfiguration {

  W7sConsumerAutoConfiguration() {}

  /** The app of the annotated handlers, with what its check needs later. */
  record BuiltApp(W7sApp app, AnnotatedHandlers handlers) {}

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingBean(W7sApp.class)
  static class AppOfHandlers {

    /** Lazy, so that it is built when all beans are there. */
    @Bean
    @Lazy
    static BuiltApp w7sBuiltApp(
        ConfigurableListableBeanFactory beans,
        ResourceLoader resources,
        W7sProperties properties,
        W7sConfig config,
        JsonCodec codec,
        ObjectProvider<HandlerInterceptor> interceptors,
        ObjectProvider<StepLog> stepLog,
        ObjectProvider<W7sAppCustomizer> customizers) {
      AppRef ref = new AppRef(config.app());
      W7sApp.Builder builder = W7sApp.builder(ref).codec(codec);
      ManifestFile file = ManifestFile.find(resources, properties.manifest());
      if (file != null) {
        builder.manifest(file.manifest());
      }
      interceptors.orderedStream().forEach(builder::intercept);
      AnnotatedHandlers handlers = AnnotatedHandlers.find(beans);
      if (handlers.addTo(builder, ref)) {
        stepLog.ifAvailable(builder::steps);
      }
      W7sApp app = build(builder, customizers);
      if (file != null) {
        new ManifestCheck(app, file.manifest(), file.name()).run();
      }
      return new BuiltApp(app, handlers);
    }

    private static W7sApp build(W7sApp.Builder app, ObjectProvider<W7sAppCustomizer> customizers) {
      try {
        customizers.orderedStream().forEach(each -> each.customize(app));
        return app.build();
      } catch (InvalidInputException invalid) {
        throw new InvalidHandlerException(
            "The app cannot be built: " + invalid.getMessage(),
            "Change what its handlers or the W7sAppCustomizer beans declare. Workflows in steps"
                + " need a bean of StepLog: add io.w7s:w7s-sdk-store and a data source, or declare"
                + " one.",
            invalid);
      }
    }

    @Bean
    @Lazy
    static W7sApp w7sApp(BuiltApp built) {
      return built.app();
    }

    @Bean
    static SmartInitializingSingleton w7sHandlerCheck(
        ConfigurableListableBeanFactory beans, ObjectProvider<BuiltApp> built) {
      return () -> AnnotatedHandlers.find(beans).check(built.getObject().handlers());
    }
  }

  @Bean
  static DeliveryGate w7sDeliveryGate() {
    return new DeliveryGate();
  }

  @Bean
  static ConsumerLifecycle w7sConsumerLifecycle(
      W7sConfig config,
      ObjectProvider<W7sApp> app,
      TimeSource time,
      ObjectProvider<UsedSignatures> used,
      DeliveryGate gate,
      W7sProperties properties,
      ObjectProvider<WebMount> mount) {
    Served served =
        properties.consumers().path().isEmpty()
            ? Served.ELSEWHERE
            : mount.getIfAvailable() == null ? Served.NOT_AT_ALL : Served.HERE;
    return new ConsumerLifecycle(config, app, time, used, gate, served);
  }
}
