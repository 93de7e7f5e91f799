package io.w7s.sdk.store;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.w7s.sdk.consumption.ClaimResult;
import io.w7s.sdk.consumption.LeaseLostException;
import io.w7s.sdk.consumption.ProcessedMessages;
import io.w7s.sdk.emulator.time.VirtualTime;
import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.queue.Claim;
import io.w7s.sdk.testing.contract.ProcessedMessagesContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The store of processed messages on each database. */
class JdbcProcessedMessagesTest {

  @Nested
  class OnPostgresql extends Contract {
    OnPostgresql() {
      super(Databases.POSTGRESQL);
    }

    /** Otherwise it would hold a thread and a connection as long as the handler its transaction. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aClaimThatIsMarkedInAnOpenTransactionIsRenewedWithoutWaiting() throws SQLException {
      JdbcProcessedMessages store = JdbcProcessedMessages.of(Databases.POSTGRESQL.dataSource());
      String queue = "acme/worker/" + UUID.randomUUID();
      Claim open = store.claim(queue, "open", ofSeconds(1), true).claim();
      Claim other = store.claim(queue, "other", ofSeconds(1), true).claim();
      try (Connection connection = Databases.POSTGRESQL.dataSource().getConnection()) {
        connection.setAutoCommit(false);
        store.complete(open, connection);

        assertThat(store.renew(open, ofHours(1))).isTrue();
        assertThat(store.renew(other, ofHours(1))).isTrue();
        connection.rollback();
      }
      assertThat(store.claim(queue, "other", ofSeconds(1), true).state())
          .isEqualTo(ClaimResult.State.BUSY);
    }
  }

  @Nested
  class OnSqlite extends Contract {
    OnSqlite() {
      super(Databases.SQLITE);
    }
  }

  @Nested
  class OnH2 extends Contract {
    OnH2() {
      super(Databases.H2);
    }
  }

  abstract static class Contract extends ProcessedMessagesContract {

    private final DataSource dataSource;
    private final VirtualTime time = new VirtualTime(Instant.parse("2026-05-25T12:00:00Z"), 1);
    private final JdbcProcessedMessages store;
    private final String queue = "acme/worker/" + UUID.randomUUID();

    Contract(Databases database) {
      dataSource = database.dataSource();
      store = JdbcProcessedMessages.builder(dataSource).time(time).build();
    }

    @Override
    protected ProcessedMessages store() {
      return store;
    }

    @Override
    protected void pass(Duration duration) {
      time.advance(duration);
    }

    private Claim claim(String key) {
      return store.claim(queue, key, ofSeconds(10), true).claim();
    }

    @Test
    void aMarkCommitsWithTheHandlersTransaction() throws SQLException {
      Claim claim = claim("m1");
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        store.complete(claim, connection);
        connection.commit();
      }

      assertThat(store.done(queue, List.of("m1"))).containsExactly("m1");
      assertThat(store.complete(claim)).isTrue();
    }

    @Test
    void aMarkIsGoneWithATransactionThatRollsBack() throws SQLException {
      Claim claim = claim("m1");
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        store.complete(claim, connection);
        connection.rollback();
      }

      assertThat(store.done(queue, List.of("m1"))).isEmpty();
    }

    @Test
    void aMarkOfAMessageThatWasTakenOverIsRefused() throws SQLException {
      Claim former = claim("m1");
      time.advance(ofSeconds(11));
      claim("m1");
      try (Connection connection = dataSource.getConnection()) {
        connection.setAutoCommit(false);
        assertThatThrownBy(() -> store.complete(former, connection))
            .isInstanceOf(LeaseLostException.class)
            .hasMessageContaining("m1");
        connection.rollback();
      }
    }

    @Test
    void aConnectionThatCommitsEachStatementIsRefused() throws SQLException {
      Claim claim = claim("m1");
      try (Connection connection = dataSource.getConnection()) {
        assertThatThrownBy(() -> store.complete(claim, connection))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("auto-commit");
      }
    }

    @Test
    void messagesOlderThanTheWindowArePurgedAThousandAtATime() {
      for (int i = 0; i < 1_500; i++) {
        store.complete(queue, "old-" + i);
      }
      claim("abandoned");
      time.advance(ofDays(2).plusSeconds(60));
      store.complete(queue, "new");
      claim("in progress");

      assertThat(store.purge()).isEqualTo(1_000);
      assertThat(store.purge()).isGreaterThanOrEqualTo(500);
      while (store.purge() > 0) {
        // what other tests left
      }
      assertThat(store.done(queue, List.of("old-1", "old-1499", "new"))).containsExactly("new");
      assertThat(store.claim(queue, "abandoned", ofSeconds(1), false).state())
          .isEqualTo(ClaimResult.State.GRANTED);
      assertThat(store.claim(queue, "in progress", ofSeconds(1), true).state())
          .isEqualTo(ClaimResult.State.BUSY);
    }

    @Test
    void aShortWindowIsRefused() {
      assertThatThrownBy(() -> JdbcProcessedMessages.builder(dataSource).window(ofHours(24)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("at least PT24H35S");
    }

    @Test
    void aLeaseGoesByTheDatabasesClockWhenNoneIsSet() {
      JdbcProcessedMessages real = JdbcProcessedMessages.of(dataSource);

      real.claim(queue, "m1", ofHours(1), true);

      assertThat(real.claim(queue, "m1", ofHours(1), true).remaining())
          .isBetween(Duration.ofMinutes(59), ofHours(1));
    }
  }
}
