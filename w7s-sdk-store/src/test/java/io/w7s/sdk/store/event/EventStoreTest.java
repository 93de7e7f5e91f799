package io.w7s.sdk.store.event;

import io.w7s.sdk.store.Databases;
import io.w7s.sdk.store.contract.EventStoreContract;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;

class EventStoreTest {

  @Nested
  class OnPostgresql extends EventStoreContract {
    @Override
    protected DataSource dataSource() {
      return Databases.POSTGRESQL.dataSource();
    }
  }

  @Nested
  class OnSqlite extends EventStoreContract {
    @Override
    protected DataSource dataSource() {
      return Databases.SQLITE.dataSource();
    }

    @Override
    protected boolean writesAtTheSameTime() {
      return false;
    }
  }

  @Nested
  class OnH2 extends EventStoreContract {
    @Override
    protected DataSource dataSource() {
      return Databases.H2.dataSource();
    }
  }
}
