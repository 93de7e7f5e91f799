/** Request and reply between apps: refs, the client, and what a handler sees. */
@NullMarked
package io.w7s.sdk.rpc;

import org.jspecify.annotations.NullMarked;
