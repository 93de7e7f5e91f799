/** Durable parts over JDBC: consumption, events and their outbox, and the queues of local mode. */
module io.w7s.sdk.store {
  requires transitive io.w7s.sdk;
  requires transitive java.sql;
  requires static transitive org.jspecify;
  requires static org.assertj.core;
  requires static org.junit.jupiter.api;
  requires org.slf4j;

  exports io.w7s.sdk.store;
  exports io.w7s.sdk.store.contract;
  exports io.w7s.sdk.store.event;
  exports io.w7s.sdk.store.local;

  uses java.sql.Driver;

  provides io.w7s.sdk.spi.MessageStoreProvider with
      io.w7s.sdk.store.local.SqliteMessageStoreProvider;
}
