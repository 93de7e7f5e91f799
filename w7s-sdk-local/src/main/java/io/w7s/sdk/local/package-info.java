/** W7S apps on one machine: a transport between them over HTTP, and a server for an app. */
@NullMarked
package io.w7s.sdk.local;

import org.jspecify.annotations.NullMarked;
