package io.w7s.samples.orders;

/** The answer to whoever asks whether the app is there. */
record Health(boolean ok, String service) {}
