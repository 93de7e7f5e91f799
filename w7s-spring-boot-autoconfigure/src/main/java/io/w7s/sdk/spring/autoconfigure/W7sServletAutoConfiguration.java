package io.w7s.sdk.spring.autoconfigure;

import io.w7s.sdk.servlet.W7sServlet;
import io.w7s.sdk.spring.internal.DeliveryGate;
import io.w7s.sdk.spring.internal.web.MountedServlet;
import io.w7s.sdk.spring.internal.web.RecordingFilter;
import jakarta.servlet.DispatcherType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;

/** Serves the app in the servlet container of the application. */
@AutoConfiguration(after = W7sConsumerAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(W7sServlet.class)
@ConditionalOnBean(DeliveryGate.class)
@Conditional(OnMountedCondition.class)
public final class W7sServletAutoConfiguration {

  W7sServletAutoConfiguration() {}

  @Bean
  static WebMount w7sWebMount(W7sProperties properties) {
    return new WebMount(properties.consumers().path());
  }

  @Bean
  static ServletRegistrationBean<MountedServlet> w7sServlet(DeliveryGate gate, WebMount mount) {
    var servlet = new ServletRegistrationBean<>(new MountedServlet(gate), mount.path() + "/*");
    servlet.setName("w7s");
    return servlet;
  }

  @Bean
  static FilterRegistrationBean<RecordingFilter> w7sRecordingFilter(
      DeliveryGate gate, WebMount mount) {
    var filter = new FilterRegistrationBean<>(new RecordingFilter(gate));
    filter.addUrlPatterns(mount.path() + "/*");
    filter.setDispatcherTypes(DispatcherType.REQUEST);
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return filter;
  }
}
