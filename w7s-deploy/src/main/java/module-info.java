/** A command that writes what a Java app needs to be deployed on W7S. */
module io.w7s.sdk.deploy {
  requires io.w7s.sdk;
  requires static org.jspecify;

  exports io.w7s.sdk.deploy;
}
