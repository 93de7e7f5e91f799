/**
 * Durable parts: consumption, events and their outbox, values by key, the bodies of large messages,
 * the steps of workflows, and the queues of local mode.
 */
@SuppressWarnings({
  "requires-automatic", // the AWS SDK has no module descriptors
  "requires-transitive-automatic"
})
module io.w7s.sdk.store {
  requires transitive io.w7s.sdk;
  requires transitive java.sql;
  requires static transitive io.w7s.sdk.events;
  requires static transitive io.w7s.sdk.hosted;
  requires static transitive org.jspecify;
  requires static org.assertj.core;
  requires static org.junit.jupiter.api;
  requires org.slf4j;
  requires static software.amazon.awssdk.core;
  requires static transitive software.amazon.awssdk.services.s3;

  exports io.w7s.sdk.store;
  exports io.w7s.sdk.store.blob;
  exports io.w7s.sdk.store.contract;
  exports io.w7s.sdk.store.event;
  exports io.w7s.sdk.store.keyvalue;
  exports io.w7s.sdk.store.local;
  exports io.w7s.sdk.store.workflow;

  opens io.w7s.sdk.store.internal to
      tools.jackson.databind; // the responses of a bridge

  uses java.sql.Driver;

  provides io.w7s.sdk.spi.MessageStoreProvider with
      io.w7s.sdk.store.local.SqliteMessageStoreProvider;
}
