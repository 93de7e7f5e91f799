package io.w7s.sdk.store;

import io.w7s.sdk.consumption.ParkedMessages;
import io.w7s.sdk.testing.contract.ParkedMessagesContract;
import org.junit.jupiter.api.Nested;

/** The store of parked messages on each database. */
class JdbcParkedMessagesTest {

  @Nested
  class OnPostgresql extends Contract {
    OnPostgresql() {
      super(Databases.POSTGRESQL);
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

  abstract static class Contract extends ParkedMessagesContract {

    private final ParkedMessages store;

    Contract(Databases database) {
      store = JdbcParkedMessages.of(database.dataSource());
    }

    @Override
    protected ParkedMessages store() {
      return store;
    }
  }
}
