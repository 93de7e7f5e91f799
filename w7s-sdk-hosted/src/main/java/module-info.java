/** The platform itself: a transport that calls it over HTTP. */
module io.w7s.sdk.hosted {
  requires transitive io.w7s.sdk;
  requires static transitive org.jspecify;
  requires transitive okhttp3;
  requires io.w7s.sdk.okhttp;

  exports io.w7s.sdk.hosted;

  provides io.w7s.sdk.spi.TransportProvider with
      io.w7s.sdk.hosted.HostedTransportProvider;
}
