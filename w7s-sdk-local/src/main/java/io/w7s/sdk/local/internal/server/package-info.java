/**
 * An HTTP/1.1 server for this machine's own use: unless told otherwise it listens on the loopback
 * address and serves nobody but this machine. Not API: for the servers of the sister modules.
 */
@NullMarked
package io.w7s.sdk.local.internal.server;

import org.jspecify.annotations.NullMarked;
