package io.w7s.sdk.spring.test.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.AppRef;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.spring.test.AutoConfigureInMemoryW7s;
import io.w7s.sdk.store.JdbcProcessedMessages;
import io.w7s.sdk.testing.InMemoryW7s;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** The platform in memory under all of an application. */
@SpringBootTest(properties = "spring.datasource.generate-unique-name=true")
@AutoConfigureInMemoryW7s
class WholeApplicationTest {

  @TestConfiguration
  static class WhatTheControllerNeeds {
    @Bean
    OrderController.Missing missing() {
      return new OrderController.Missing() {};
    }
  }

  @Autowired private InMemoryW7s w7s;
  @Autowired private Warehouse warehouse;
  @Autowired private OrderController controller;

  @Test
  void theHandlersGetMessages(@Autowired ProcessedMessages processed) {
    w7s.as("acme/website")
        .queues()
        .send(AppRef.of("acme/shop").queue("orders", Order.class), new Order("o1"));
    w7s.runUntilIdle();

    assertThat(warehouse.packed()).containsExactly("o1");
    assertThat(controller).isNotNull();
    assertThat(processed).isInstanceOf(JdbcProcessedMessages.class);
  }
}
