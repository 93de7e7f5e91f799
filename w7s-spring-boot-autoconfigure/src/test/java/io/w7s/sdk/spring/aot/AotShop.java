package io.w7s.sdk.spring.aot;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.app.W7sApp;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.queue.QueueMessage;
import io.w7s.sdk.spring.QueueHandler;
import io.w7s.sdk.spring.W7sAppCustomizer;
import io.w7s.sdk.spring.autoconfigure.W7sActuatorAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sConsumerAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sStoreAutoConfiguration;
import io.w7s.sdk.testing.InMemoryW7s;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Component;

/** An application with handlers and stores. It handles one message, and ends. */
@SpringBootConfiguration
@ImportAutoConfiguration({
  JacksonAutoConfiguration.class,
  DataSourceAutoConfiguration.class,
  EndpointAutoConfiguration.class,
  W7sAutoConfiguration.class,
  W7sStoreAutoConfiguration.class,
  W7sConsumerAutoConfiguration.class,
  W7sActuatorAutoConfiguration.class
})
@Import({AotShop.Orders.class, AotShop.Reliable.class})
public class AotShop {

  /** A message. */
  public record Order(String id) {}

  /** A handler. */
  @Component
  public static class Orders {
    @QueueHandler("orders")
    void place(QueueMessage<Order> message) {
      System.out.println("handled " + message.body().id());
    }
  }

  /** The stores. */
  @Configuration(proxyBeanMethods = false)
  public static class Reliable {
    @Bean
    W7sAppCustomizer reliable(ProcessedMessages processed, ParkedMessages parked) {
      return app -> app.consumption(each -> each.once(processed).park(parked));
    }
  }

  /** Starts it on a platform in memory. */
  public static void main(String[] arguments) {
    InMemoryW7s w7s = InMemoryW7s.create();
    try (InMemoryW7s.Scope current = w7s.makeCurrent()) {
      var application = new SpringApplication(AotShop.class);
      application.setWebApplicationType(WebApplicationType.NONE);
      try (ConfigurableApplicationContext context = application.run(arguments)) {
        w7s.deploy(context.getBean(W7sApp.class));
        w7s.as("acme/website")
            .queues()
            .send(AppRef.of("acme/shop").queue("orders", Order.class), new Order("o1"));
        w7s.runUntilIdle();
      }
    }
  }
}
