/** The event router: registry, map and router app. */
module io.w7s.sdk.events {
  requires transitive io.w7s.sdk;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports io.w7s.sdk.events;
}
