package io.w7s.samples.orders;

/** An answer that says why not. */
record Refusal(boolean ok, String error) {}
