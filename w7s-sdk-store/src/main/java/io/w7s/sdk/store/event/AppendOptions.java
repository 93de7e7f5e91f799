package io.w7s.sdk.store.event;

/** The options of an event that is appended to a store. Not thread-safe. */
public final class AppendOptions extends EventOptions<AppendOptions> {

  AppendOptions() {}
}
