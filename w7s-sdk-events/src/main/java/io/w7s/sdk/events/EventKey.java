package io.w7s.sdk.events;

import io.w7s.sdk.Caller;

/** The identity of an event: two publishes with an equal key are the same event. */
record EventKey(Caller publisher, String id) {}
