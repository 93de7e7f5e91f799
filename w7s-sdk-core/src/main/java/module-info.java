/**
 * The W7S SDK: typed calls, handlers, and the seams for transports.
 *
 * <p>Jackson 2 and JSON-B are needed only by those who use their codecs.
 */
@SuppressWarnings("module") // the sister modules are built after this one
module io.w7s.sdk {
  requires static transitive org.jspecify;
  requires org.slf4j;
  requires tools.jackson.core;
  requires tools.jackson.databind;
  requires static com.fasterxml.jackson.databind;
  requires static com.fasterxml.jackson.datatype.jdk8;
  requires static com.fasterxml.jackson.datatype.jsr310;
  requires static jakarta.json.bind;

  exports io.w7s.sdk;
  exports io.w7s.sdk.app;
  exports io.w7s.sdk.blob;
  exports io.w7s.sdk.consumption;
  exports io.w7s.sdk.error;
  exports io.w7s.sdk.event;
  exports io.w7s.sdk.json;
  exports io.w7s.sdk.manifest;
  exports io.w7s.sdk.queue;
  exports io.w7s.sdk.retry;
  exports io.w7s.sdk.rpc;
  exports io.w7s.sdk.schedule;
  exports io.w7s.sdk.signature;
  exports io.w7s.sdk.spi;
  exports io.w7s.sdk.step;
  exports io.w7s.sdk.workflow;
  exports io.w7s.sdk.internal.call to
      io.w7s.sdk.emulator,
      io.w7s.sdk.hosted,
      io.w7s.sdk.local,
      io.w7s.sdk.okhttp,
      io.w7s.sdk.testing;
  exports io.w7s.sdk.internal.codec to
      io.w7s.sdk.testing;
  exports io.w7s.sdk.internal.config to
      io.w7s.sdk.emulator,
      io.w7s.sdk.hosted,
      io.w7s.sdk.local,
      io.w7s.sdk.okhttp,
      io.w7s.sdk.testing;
  exports io.w7s.sdk.internal.error to
      io.w7s.sdk.emulator,
      io.w7s.sdk.events,
      io.w7s.sdk.hosted,
      io.w7s.sdk.local,
      io.w7s.sdk.okhttp,
      io.w7s.sdk.testing;
  exports io.w7s.sdk.internal.json to
      io.w7s.sdk.emulator,
      io.w7s.sdk.events,
      io.w7s.sdk.hosted,
      io.w7s.sdk.local,
      io.w7s.sdk.okhttp,
      io.w7s.sdk.testing;
  exports io.w7s.sdk.internal.step to
      io.w7s.sdk.testing;
  exports io.w7s.sdk.internal.text to
      io.w7s.sdk.emulator,
      io.w7s.sdk.events,
      io.w7s.sdk.hosted,
      io.w7s.sdk.local,
      io.w7s.sdk.micrometer,
      io.w7s.sdk.okhttp,
      io.w7s.sdk.servlet,
      io.w7s.sdk.spring,
      io.w7s.sdk.testing;
  exports io.w7s.sdk.internal.wire to
      io.w7s.sdk.emulator,
      io.w7s.sdk.events,
      io.w7s.sdk.hosted,
      io.w7s.sdk.local,
      io.w7s.sdk.okhttp,
      io.w7s.sdk.servlet,
      io.w7s.sdk.spring,
      io.w7s.sdk.testing;

  uses io.w7s.sdk.spi.TransportProvider;
}
