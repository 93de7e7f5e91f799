/** An app on the module path. */
module io.w7s.consumer {
  requires io.w7s.sdk;
  requires jdk.httpserver;

  opens io.w7s.consumer; // to whatever reads and writes its records
}
