/** Durable parts over JDBC: which messages were handled, and which were set aside. */
module io.w7s.sdk.store {
  requires transitive io.w7s.sdk;
  requires transitive java.sql;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports io.w7s.sdk.store;
}
