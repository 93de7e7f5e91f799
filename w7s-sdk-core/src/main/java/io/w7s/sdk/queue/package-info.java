/** Messages for the queues of apps: refs, the client, and what a consumer sees. */
@NullMarked
package io.w7s.sdk.queue;

import org.jspecify.annotations.NullMarked;
