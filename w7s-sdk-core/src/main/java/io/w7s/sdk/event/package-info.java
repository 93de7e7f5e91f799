/** Events published to every subscriber: refs, the client, and what a subscriber sees. */
@NullMarked
package io.w7s.sdk.event;

import org.jspecify.annotations.NullMarked;
