package io.w7s.sdk.spring.autoconfigure;

import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.json.JsonCodec;
import io.w7s.sdk.signature.UsedSignatures;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.store.JdbcParkedMessages;
import io.w7s.sdk.store.JdbcProcessedMessages;
import io.w7s.sdk.store.JdbcUsedSignatures;
import io.w7s.sdk.store.StoreSchema;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.workflow.JdbcStepLog;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * The stores on the application's data source. They are lazy: an application that uses none of them
 * may have a database that they do not know.
 */
@AutoConfiguration(
    after = W7sAutoConfiguration.class,
    afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnClass({StoreSchema.class, DataSource.class})
@ConditionalOnSingleCandidate(DataSource.class)
public final class W7sStoreAutoConfiguration {

  W7sStoreAutoConfiguration() {}

  /** The data source once the tables are there. */
  record Tables(DataSource dataSource) {}

  @Bean
  @Lazy
  static Tables w7sTables(DataSource dataSource, W7sProperties properties) {
    if (properties.store().migrate()) {
      StoreSchema.migrate(dataSource);
    }
    return new Tables(dataSource);
  }

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  static ProcessedMessages w7sProcessedMessages(Tables tables, TimeSource time) {
    JdbcProcessedMessages.Builder processed = JdbcProcessedMessages.builder(tables.dataSource());
    return (isOfDatabase(time) ? processed : processed.time(time)).build();
  }

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  static ParkedMessages w7sParkedMessages(Tables tables) {
    return JdbcParkedMessages.of(tables.dataSource());
  }

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  static UsedSignatures w7sUsedSignatures(Tables tables) {
    return JdbcUsedSignatures.of(tables.dataSource());
  }

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  static StepLog w7sStepLog(Tables tables, TimeSource time) {
    return isOfDatabase(time)
        ? JdbcStepLog.of(tables.dataSource())
        : JdbcStepLog.of(tables.dataSource(), time);
  }

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  static EventStore w7sEventStore(Tables tables, JsonCodec codec, TimeSource time) {
    EventStore.Builder events = EventStore.builder(tables.dataSource()).codec(codec);
    return (isOfDatabase(time) ? events : events.time(time)).build();
  }

  /** The clock of the database, which all processes share, is taken in place of the system's. */
  private static boolean isOfDatabase(TimeSource time) {
    return time == TimeSource.system();
  }
}
