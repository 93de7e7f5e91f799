/**
 * W7S apps on one machine: a transport that reaches them over HTTP, and a server for their
 * handlers.
 */
@SuppressWarnings({
  "module", // the sister module is built after this one
  "requires-automatic" // HttpCore has a name and no descriptor
})
module io.w7s.sdk.local {
  requires transitive io.w7s.sdk;
  requires transitive io.w7s.sdk.emulator;
  requires static transitive org.jspecify;
  requires io.w7s.sdk.okhttp;
  requires org.apache.httpcomponents.core5.httpcore5;
  requires org.slf4j;

  exports io.w7s.sdk.local;
  exports io.w7s.sdk.local.internal.server to
      io.w7s.sdk.testing;

  uses io.w7s.sdk.spi.MessageStoreProvider;

  provides io.w7s.sdk.spi.TransportProvider with
      io.w7s.sdk.local.LocalTransportProvider;
}
