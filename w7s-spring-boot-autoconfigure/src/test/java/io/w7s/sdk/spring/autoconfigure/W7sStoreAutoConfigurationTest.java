package io.w7s.sdk.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.ParkedMessage;
import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.event.SubjectRef;
import io.w7s.sdk.signature.UsedSignatures;
import io.w7s.sdk.spi.TimeSource;
import io.w7s.sdk.step.StepLog;
import io.w7s.sdk.store.StoreException;
import io.w7s.sdk.store.event.EventQuery;
import io.w7s.sdk.store.event.EventStore;
import io.w7s.sdk.store.event.StoredEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.transaction.support.TransactionTemplate;

class W7sStoreAutoConfigurationTest {

  private static final SubjectRef<String> CREATED = SubjectRef.of("orders.created", String.class);

  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  DataSourceAutoConfiguration.class,
                  W7sAutoConfiguration.class,
                  W7sStoreAutoConfiguration.class))
          .withPropertyValues(
              "w7s.app=acme/shop", "w7s.mode=local", "spring.datasource.generate-unique-name=true");

  private static final AtomicInteger CONNECTIONS = new AtomicInteger();

  /** A database that counts its connections. */
  private static final class Counting extends AbstractDataSource {

    private final DataSource source =
        new SimpleDriverDataSource(new org.h2.Driver(), "jdbc:h2:mem:");

    @Override
    public Connection getConnection() throws SQLException {
      CONNECTIONS.incrementAndGet();
      return source.getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return getConnection();
    }
  }

  @Test
  void theStoresUseTheDataSource() {
    context.run(
        started -> {
          assertThat(started.getBean(ProcessedMessages.class).done("q", Set.of("k"))).isEmpty();
          assertThat(started.getBean(ParkedMessages.class).count("q", ParkedMessage.State.PARKED))
              .isZero();
          assertThat(started.getBean(EventStore.class).lastPosition()).isZero();
          assertThat(started).hasSingleBean(StepLog.class).hasSingleBean(UsedSignatures.class);
          started.getBean(StepLog.class);
          started.getBean(UsedSignatures.class);
        });
  }

  @Test
  void anEventIsStoredInTheTransactionOfTheApplication() {
    context.run(
        started -> {
          DataSource source = started.getBean(DataSource.class);
          EventStore events = started.getBean(EventStore.class);
          var transaction = new TransactionTemplate(new DataSourceTransactionManager(source));

          transaction.executeWithoutResult(
              status -> {
                try {
                  events.append(
                      DataSourceUtils.getConnection(source), CREATED, "lost", event -> {});
                } catch (SQLException e) {
                  throw new AssertionError(e);
                }
                status.setRollbackOnly();
              });

          assertThat(events.count(EventQuery.all())).isZero();
        });
  }

  @Test
  void theStoresGoByTheClockOfTheApplication() {
    var time = new VirtualTime(Instant.parse("2020-02-02T12:00:00Z"), 1);
    context
        .withBean(TimeSource.class, () -> time)
        .run(
            started -> {
              EventStore events = started.getBean(EventStore.class);

              events.append(CREATED, "x");

              assertThat(events.read(EventQuery.all(), 0, 10))
                  .extracting(StoredEvent::time)
                  .containsExactly(time.now());

              ProcessedMessages processed = started.getBean(ProcessedMessages.class);
              processed.claim("q", "k", Duration.ofMinutes(1), true);
              time.advance(Duration.ofMinutes(2));
              assertThat(processed.claim("q", "k", Duration.ofMinutes(1), true).state())
                  .isEqualTo(ClaimResult.State.TAKEN_OVER);
            });
  }

  @Test
  void theDatabaseIsLeftAloneUntilAStoreIsUsed() {
    CONNECTIONS.set(0);
    context
        .withBean(DataSource.class, Counting::new)
        .run(started -> assertThat(CONNECTIONS).hasValue(0));
  }

  @Test
  void aStoreOfTheApplicationTakesThePlace() {
    ParkedMessages own = ParkedMessages.inMemory();
    context
        .withBean(ParkedMessages.class, () -> own)
        .run(started -> assertThat(started.getBean(ParkedMessages.class)).isSameAs(own));
  }

  @Test
  void theTablesAreMadeUnlessSomebodyElseDoes() {
    context
        .withPropertyValues("w7s.store.migrate=false")
        .run(
            started ->
                Assertions.assertThatThrownBy(
                        () ->
                            started
                                .getBean(ParkedMessages.class)
                                .count("q", ParkedMessage.State.PARKED))
                    .isInstanceOf(StoreException.class));
  }

  @Test
  void withoutTheStoreModuleThereIsNone() {
    context
        .withClassLoader(new FilteredClassLoader("io.w7s.sdk.store"))
        .run(
            started ->
                assertThat(started.getBeansOfType(ParkedMessages.class)).isEqualTo(Map.of()));
  }
}
