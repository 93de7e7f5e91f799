package io.w7s.samples.email;

/** The response to a health check. */
record Health(boolean ok, String service) {}
