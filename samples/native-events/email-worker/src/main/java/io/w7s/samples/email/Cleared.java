package io.w7s.samples.email;

/** The response when the deliveries were forgotten. */
record Cleared(boolean ok, boolean cleared) {}
