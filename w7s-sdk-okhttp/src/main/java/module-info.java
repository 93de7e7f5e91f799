/** How the transports over HTTP make their requests. Not API: for the sister modules alone. */
@SuppressWarnings("module") // the sister modules are built after this one
module io.w7s.sdk.okhttp {
  requires transitive io.w7s.sdk;
  requires static transitive org.jspecify;
  requires transitive okhttp3;
  requires org.slf4j;

  exports io.w7s.sdk.okhttp to
      io.w7s.sdk.hosted,
      io.w7s.sdk.local,
      io.w7s.sdk.testing;
}
