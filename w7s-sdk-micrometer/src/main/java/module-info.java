/**
 * Calls and handlers as Micrometer observations, and meters of what they do not show.
 *
 * <p>To use the meters of the outbox or of the event store, require {@code io.w7s.sdk.store} as
 * well.
 */
@SuppressWarnings({
  "requires-automatic", // Micrometer has no module descriptors
  "requires-transitive-automatic"
})
module io.w7s.sdk.micrometer {
  requires transitive io.w7s.sdk;
  requires static io.w7s.sdk.store;
  requires static transitive org.jspecify;
  requires org.slf4j;
  requires transitive micrometer.commons;
  requires transitive micrometer.core;
  requires transitive micrometer.observation;

  exports io.w7s.sdk.micrometer;
}
