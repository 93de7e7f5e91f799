package io.w7s.samples.router;

/** An answer that says why not. */
record Refusal(boolean ok, String error) {}
