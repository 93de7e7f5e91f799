package io.w7s.samples.email;

/** The answer when the deliveries were forgotten. */
record Cleared(boolean ok, boolean cleared) {}
