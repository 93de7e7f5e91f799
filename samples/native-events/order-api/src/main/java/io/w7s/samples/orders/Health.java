package io.w7s.samples.orders;

/** The response to a health check. */
record Health(boolean ok, String service) {}
