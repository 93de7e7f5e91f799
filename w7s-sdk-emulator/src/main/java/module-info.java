/** The W7S platform inside a JVM, without sockets and without real time. */
module io.w7s.sdk.emulator {
  requires transitive io.w7s.sdk;
  requires io.w7s.sdk.events;
  requires static transitive org.jspecify;
  requires org.slf4j;
  requires tools.jackson.core;

  exports io.w7s.sdk.emulator;
  exports io.w7s.sdk.emulator.app;
  exports io.w7s.sdk.emulator.queue;
  exports io.w7s.sdk.emulator.schedule;
  exports io.w7s.sdk.emulator.time;
  exports io.w7s.sdk.emulator.workflow;
}
