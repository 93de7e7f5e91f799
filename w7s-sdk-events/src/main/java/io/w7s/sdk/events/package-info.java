/**
 * The event router: it takes an event to the queues that subscribe to its subject. {@link
 * io.w7s.sdk.events.EventRouterApp} makes an app of it; {@link io.w7s.sdk.events.EventRegistry}
 * knows from manifests who publishes and who subscribes.
 */
@NullMarked
package io.w7s.sdk.events;

import org.jspecify.annotations.NullMarked;
