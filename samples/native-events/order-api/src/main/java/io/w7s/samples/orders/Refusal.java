package io.w7s.samples.orders;

/** A response that says why a request was refused. */
record Refusal(boolean ok, String error) {}
