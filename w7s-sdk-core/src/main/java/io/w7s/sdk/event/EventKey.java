package io.w7s.sdk.event;

import io.w7s.sdk.Caller;

/** What makes an event the same event. */
record EventKey(Caller publisher, String id) {}
