package io.w7s.sdk.spring.test;

import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.spring.autoconfigure.W7sConsumerAutoConfiguration;
import io.w7s.sdk.spring.autoconfigure.W7sStoreAutoConfiguration;
import io.w7s.sdk.step.StepLog;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The stores that handlers commonly need, where there is no data source. */
@AutoConfiguration(
    after = W7sStoreAutoConfiguration.class,
    before = W7sConsumerAutoConfiguration.class)
final class InMemoryStoresAutoConfiguration {

  InMemoryStoresAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  static ProcessedMessages w7sProcessedMessages(TimeSource time) {
    return ProcessedMessages.inMemory(ProcessedMessages.DEFAULT_MEMORY, time);
  }

  @Bean
  @ConditionalOnMissingBean
  static ParkedMessages w7sParkedMessages() {
    return ParkedMessages.inMemory();
  }

  @Bean
  @ConditionalOnMissingBean
  static StepLog w7sStepLog(TimeSource time) {
    return StepLog.inMemory(time);
  }
}
