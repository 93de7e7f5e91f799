package io.w7s.samples.router;

/** The answer to whoever asks whether the app is there. */
record Health(boolean ok, String service) {}
