/** Durable jobs started by name: refs, the client, and what a handler sees. */
@NullMarked
package io.w7s.sdk.workflow;

import org.jspecify.annotations.NullMarked;
