/**
 * Tests of W7S apps in one JVM, under a virtual clock.
 *
 * <p>JUnit, AssertJ, Logback, WireMock and {@code w7s-sdk-local} are optional: each is needed only
 * by what is built on it. WireMock is not a module. To use its stubs on the module path, add {@code
 * --add-reads io.w7s.sdk.testing=ALL-UNNAMED}.
 */
module io.w7s.sdk.testing {
  requires transitive io.w7s.sdk.emulator;
  requires transitive io.w7s.sdk.events;
  requires static ch.qos.logback.classic;
  requires static ch.qos.logback.core;
  requires static io.w7s.sdk.local;
  requires static transitive org.assertj.core;
  requires static transitive org.jspecify;
  requires static transitive org.junit.jupiter.api;
  requires static org.junit.jupiter.params;
  requires static org.junit.platform.commons;
  requires org.slf4j;

  exports io.w7s.sdk.testing;
  exports io.w7s.sdk.testing.assertj;
  exports io.w7s.sdk.testing.contract;
  exports io.w7s.sdk.testing.junit;
  exports io.w7s.sdk.testing.wiremock;

  opens io.w7s.sdk.testing.contract;
  opens io.w7s.sdk.testing.junit to
      org.junit.platform.commons;

  provides io.w7s.sdk.spi.TransportProvider with
      io.w7s.sdk.testing.MemoryTransportProvider;
}
