/**
 * Durable parts over JDBC: consumption, events and their outbox, and the bodies of large messages.
 */
module io.w7s.sdk.store {
  requires transitive io.w7s.sdk;
  requires transitive java.sql;
  requires static transitive org.jspecify;
  requires static org.assertj.core;
  requires static org.junit.jupiter.api;
  requires org.slf4j;

  exports io.w7s.sdk.store;
  exports io.w7s.sdk.store.blob;
  exports io.w7s.sdk.store.contract;
  exports io.w7s.sdk.store.event;
}
