package io.w7s.sdk.spring.test.shop;

import io.w7s.sdk.spring.W7sConnectionDetails;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** An application with handlers, and with much else that the slice leaves out. */
@SpringBootApplication
public class ShopApplication {

  @Bean
  static W7sConnectionDetails ofVault() {
    return config -> {
      throw new IllegalStateException("no test has a vault");
    };
  }
}
