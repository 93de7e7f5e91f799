package io.w7s.samples.orders;

import java.util.Map;

/** What became of an event: the router's own status and body, or 502 and why there are none. */
record Routed(int status, Object body) {

  /** Returns whether every subscriber got it: the status and, where it has one, the body say so. */
  boolean ok() {
    boolean refused = body instanceof Map<?, ?> fields && Boolean.FALSE.equals(fields.get("ok"));
    return status >= 200 && status < 300 && !refused;
  }
}
